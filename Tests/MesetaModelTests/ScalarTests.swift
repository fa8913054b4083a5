import MesetaModel
import Testing

@Suite struct ScalarTests {
  @Test func tenTenthsMakeOneExactly() throws {
    let tenth = try #require(Scalar(checking: 0.1))
    var sum = Scalar.zero
    for _ in 0..<10 { sum += tenth }
    #expect(sum == Scalar(1))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, -0.001, 9_000_000_001])
  func whatIsNotAQuantityIsRefused(_ value: Double) {
    #expect(Scalar(checking: value) == nil)
  }

  @Test(arguments: [
    (2.0, "2"), (0.5, "0.5"), (1.125, "1.125"), (0.0004, "0"), (0.0005, "0.001"), (10.02, "10.02"),
  ])
  func printsTheShortestDecimal(_ value: Double, _ text: String) throws {
    #expect(try #require(Scalar(checking: value)).description == text)
  }
}
