// Seeds for the arguments of a test.

import Testing

@testable import MesetaSimulation

@Suite struct SeedTests {
  @Test func seedsComeOneAfterTheOther() {
    #expect(Array(Seeds(3, from: 7, environment: { _ in nil })) == [7, 8, 9])
  }

  @Test func oneSeedIsRunAgainByItsName() {
    let seeds = Seeds(3, from: 7) { $0 == "MESETA_SEED" ? "0x5eed" : nil }
    #expect(Array(seeds) == [0x5eed])
  }

  @Test func moreSeedsAreAskedForByTheirNumber() {
    #expect(Array(Seeds(3, from: 7) { $0 == "MESETA_SEEDS" ? "5" : nil }) == [7, 8, 9, 10, 11])
    #expect(Seeds(3, from: 7) { $0 == "MESETA_SEEDS" ? "many" : nil }.count == 3)
  }
}
