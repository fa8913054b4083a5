// What a master tells of itself: measures, and events for those who watch the cluster.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct MeasureTests {
  /// The measures of a master by name.
  private func measures(_ lone: LoneMaster) -> [String: Double] {
    let metrics = lone.master.measure(at: Time(monotonic: .zero, wall: 0)).metrics
    return Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) })
  }

  /// A framework that has launched a task; its id.
  private func launched(_ name: String, _ lone: inout LoneMaster) throws -> FrameworkID {
    let (machine, session) = (lone.open(.agent), lone.open(.framework))
    let agent = try lone.registered("cpus:4", on: machine)
    let framework = try lone.subscribed(FrameworkInfo(name: name), on: session)
    let task = TaskInfo(name: "t", id: "t", agentID: agent, resources: "cpus:1", command: .shell("true"))
    let offer = OfferID(prefix: lone.master.info.id, number: 1)
    lone.call(.accept(.init([offer], [Operation(.launch([task]))])), of: framework, on: session)
    return framework
  }

  @Test func aQuotaIsMeasuredBesideWhatItsRoleHolds() throws {
    var operated = try OperatedMaster("cpus:8;mem:1000")
    #expect(
      operated.refusal(.update(QuotaConfig("dev", ["cpus": 1], limits: ["cpus": 2, "mem": 64]))) == nil)
    let session = operated.lone.open(.framework)
    let info = FrameworkInfo(name: "f", roles: ["dev"], capabilities: [.multiRole])
    _ = try operated.lone.subscribed(info, on: session)
    let measured = measures(operated.lone)
    let quota = "allocator/mesos/quota/roles/dev/resources"
    #expect(measured["\(quota)/cpus/guarantee"] == 1)
    #expect(measured["\(quota)/mem/guarantee"] == nil)
    #expect(measured["\(quota)/cpus/limit"] == 2)
    #expect(measured["\(quota)/mem/limit"] == 64)
    #expect(measured["\(quota)/cpus/offered_or_allocated"] == 2)
    #expect(measured["\(quota)/cpus/consumed"] == 0)
    let limit = operated.lone.master.measure(at: Time(monotonic: .zero, wall: 0)).metrics
      .first { $0.name == "\(quota)/mem/limit" }
    #expect(limit?.family == "allocator/mesos/quota/limit")
    #expect(limit?.labels == [Metric.Label("role", "dev"), Metric.Label("resource", "mem")])
  }

  @Test func operationsAreMeasuredInTheStatesThatTheyCanBeIn() {
    let names = measures(LoneMaster()).keys.filter { $0.hasPrefix("master/operations/") }
    #expect(
      names.contains("master/operations/pending") && names.contains("master/operations/create/finished"))
    #expect(!names.contains { $0.hasSuffix("/unsupported") || $0.hasSuffix("/unknown") })
  }

  @Test func theCallsOfAPrincipalsFrameworksAreCountedTogether() throws {
    var lone = LoneMaster()
    let received = "frameworks/ops/messages_received"
    func subscribed(as principal: String?) throws -> (FrameworkID, SessionID) {
      let session = lone.open(.framework)
      var info = FrameworkInfo(name: "f")
      info.principal = principal
      return (try lone.subscribed(info, on: session), session)
    }
    func revive(_ framework: (FrameworkID, SessionID)) {
      lone.call(.revive(roles: []), of: framework.0, on: framework.1)
    }
    let (first, second) = (try subscribed(as: "ops"), try subscribed(as: "ops"))
    #expect(measures(lone)[received] == 0, "to subscribe is not counted")
    for framework in [first, second, second, try subscribed(as: "dev"), try subscribed(as: nil)] {
      revive(framework)
    }
    #expect(measures(lone)[received] == 3)
    #expect(measures(lone)["frameworks/ops/messages_processed"] == 3)
    #expect(measures(lone)["frameworks/dev/messages_received"] == 1)
    lone.say(.operatorCall(.teardown(second.0), request: 1), on: lone.open(.operator))
    #expect(measures(lone)[received] == 3, "it never becomes less")
    lone.say(.operatorCall(.teardown(first.0), request: 1), on: lone.open(.operator))
    #expect(measures(lone)[received] == nil, "nobody of that principal is left")
    #expect(try subscribed(as: "ops").0 != first.0)
    #expect(measures(lone)[received] == 0)
  }

  @Test func whatAFrameworkDoesIsCountedFromItsBeginningOn() throws {
    var lone = LoneMaster()
    let first = try launched("f", &lone)
    #expect(measures(lone)["master/frameworks/f/\(first)/operations"] == 1)
    #expect(measures(lone)["master/frameworks/f/\(first)/operations/launch"] == 1)
    lone.say(.operatorCall(.teardown(first), request: 1), on: lone.open(.operator))
    let second = try lone.subscribed(FrameworkInfo(name: "g"), on: lone.open(.framework))
    #expect(measures(lone)["master/frameworks/g/\(second)/operations"] == 0)
    #expect(measures(lone)["master/frameworks/g/\(second)/calls"] == 1)
  }

  @Test func whoeverWatchesHearsThatTheTasksOfARemovedFrameworkAreKilled() throws {
    var lone = LoneMaster()
    let framework = try launched("f", &lone)
    lone.say(.operatorCall(.teardown(framework), request: 1), on: lone.open(.operator))
    let killed = lone.announced.compactMap { event -> TaskStatus? in
      if case .taskUpdated(framework, let status, .killed) = event { status } else { nil }
    }
    #expect(killed.map(\.taskID) == ["t"])
    #expect(killed.map(\.state) == [.killed])
  }
}
