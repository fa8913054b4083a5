import MesetaModel
import Testing

private let master = "0123abcd-4567-89ef-0a1b-2c3d4e5f6789"

@Suite struct GivenIdentifierTests {
  @Test(arguments: [
    "", "S0", master, master + "-", master + "-S", master + "-S0", master + "-S7", master + "-S07",
    master + "-S4294967295", master + "-S42949672950", master + "-0000", master + "-0012", master + "-12",
    master + "-12345", master + "-012345", master + "-00x1", master.uppercased() + "-S1",
    "x" + master + "-S1",
    "0123abcd_4567-89ef-0a1b-2c3d4e5f6789-S1", master + "-S1\u{0}", "héhé",
  ])
  func anyTextComesBackAsItWas(_ text: String) {
    #expect(AgentID(text).value == text)
    #expect(FrameworkID(text).value == text)
  }

  @Test func identifiersAreEqualWhenTheirTextsAre() {
    #expect(AgentID(master + "-S1") == AgentID(master + "-S1"))
    #expect(AgentID(master + "-S1") != AgentID(master + "-S01"))
    #expect(FrameworkID(master + "-0001") != FrameworkID(master + "-0002"))
    #expect(AgentID(master + "-S2") < AgentID(master + "-S3"))
  }

  @Test func aUUIDIsWrittenAsUsual() {
    #expect(UUID(high: 0x0123_abcd_4567_89ef, low: 0x0a1b_2c3d_4e5f_6789).description == master)
  }
}
