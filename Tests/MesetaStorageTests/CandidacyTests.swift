import MesetaRuntime
import Testing

@testable import MesetaStorage

@Suite struct CandidacyTests {
  private let own = node(7)
  private let earlier = node(3)
  private let later = node(9)

  private static func node(_ number: Int) -> ElectionNode {
    ElectionNode("json.info_" + String(repeating: "0", count: 9) + "\(number)") ?? node(0)
  }

  private func at(_ seconds: Int) -> Instant { Instant.zero + .seconds(1000 + seconds) }

  /// A candidate whose session lasts 9 seconds: a lease is for 6.
  private func entered() -> Candidacy {
    var candidacy = Candidacy()
    candidacy.entered(own, timeout: .seconds(9))
    return candidacy
  }

  private func leader() -> Candidacy {
    var candidacy = entered()
    candidacy.confirmed(askedAt: at(0), at: at(1))
    candidacy.listed([later, own], at: at(1))
    return candidacy
  }

  @Test func theLowestNumberLeadsOnceItIsConfirmed() {
    var candidacy = entered()
    candidacy.listed([later, own], at: at(0))
    #expect(candidacy.standing == .waiting)
    candidacy.confirmed(askedAt: at(0), at: at(1))
    #expect(candidacy.standing == .leading)
  }

  @Test func othersWaitUntilThoseBeforeThemAreGone() {
    var candidacy = entered()
    candidacy.confirmed(askedAt: at(0), at: at(0))
    candidacy.listed([own, earlier], at: at(0))
    #expect(candidacy.standing == .waiting)
    candidacy.listed([own, later], at: at(1))
    #expect(candidacy.standing == .leading)
  }

  @Test func aConfirmationThatWasLongOnItsWayGivesNoLease() {
    var candidacy = entered()
    candidacy.listed([own], at: at(0))
    candidacy.confirmed(askedAt: at(0), at: at(6))
    #expect(candidacy.standing == .waiting)
    candidacy.confirmed(askedAt: at(6), at: at(7))
    #expect(candidacy.standing == .leading)
  }

  @Test func theLeaseCountsFromTheQuestionAndEndsBeforeTheSession() {
    var candidacy = leader()
    #expect(candidacy.leaseEnd == at(6))
    candidacy.passed(at: at(5))
    #expect(candidacy.standing == .leading)
    candidacy.passed(at: at(6))
    #expect(candidacy.standing == .over(reason: "ZooKeeper was not heard of for 6s"))
  }

  @Test func anAnswerThatComesTooLateDoesNotBringALeaderBack() {
    var candidacy = leader()
    candidacy.confirmed(askedAt: at(4), at: at(20))
    #expect(candidacy.standing != .leading)
    candidacy.confirmed(askedAt: at(20), at: at(20))
    candidacy.listed([own], at: at(20))
    #expect(candidacy.standing != .leading)
    #expect(candidacy.leaseEnd == .zero)
  }

  @Test func eachConfirmationMakesTheLeaseLonger() {
    var candidacy = leader()
    candidacy.confirmed(askedAt: at(5), at: at(5))
    candidacy.confirmed(askedAt: at(3), at: at(5))
    candidacy.passed(at: at(10))
    #expect(candidacy.standing == .leading)
    #expect(candidacy.leaseEnd == at(11))
  }

  @Test func aCandidateWhoseNodeIsGoneIsNoneAnyMore() {
    var candidacy = leader()
    candidacy.listed([later], at: at(2))
    #expect(candidacy.standing == .over(reason: "its node json.info_0000000007 is gone from ZooKeeper"))
  }

  @Test func whoLosesTheSessionStopsAtOnceAndForTheFirstReason() {
    var candidacy = leader()
    candidacy.end("ZooKeeper has given up the session")
    candidacy.end("it has withdrawn")
    #expect(candidacy.standing == .over(reason: "ZooKeeper has given up the session"))
    #expect(candidacy.leaseEnd == .zero)
  }

  @Test func aLowerNumberThatComesUpDeposes() {
    var candidacy = leader()
    candidacy.listed([own, earlier], at: at(2))
    #expect(candidacy.standing == .over(reason: "another candidate has a lower number"))
  }
}

@Suite struct ElectionNodeTests {
  @Test func candidatesAreKnownByTheirNumbers() {
    let names = ["registry", "json.info_0000000012", "info_0000000011", "0000000013", "log_replicas"]
    #expect(ElectionNode.leader(among: names)?.name == "info_0000000011")
    #expect(ElectionNode("json.info_0000000012")?.label == "json.info")
    #expect(ElectionNode("0000000013")?.label == nil)
    #expect(ElectionNode("0000000013")?.number == 13)
    #expect(ElectionNode("registry") == nil)
    #expect(ElectionNode("json.info_-000000001") == nil)
    #expect(ElectionNode.leader(among: ["registry"]) == nil)
  }
}
