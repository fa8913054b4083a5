// When a driver suppresses and revives.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct DemandTests {
  private let want: @Sendable (SchedulerInput<String>, inout SchedulerCalls) -> Void = { input, cluster in
    if case .command(let count) = input { cluster.want("cpus:1", count: Int(count) ?? 0) }
  }

  @Test func wantingNothingSuppressesAndWantingAgainRevives() {
    var stage = Stage(Puppet(play: want))
    stage.subscribe()
    stage.command("0")
    #expect(stage.effects.takeCalls() == [.suppress(roles: [])])
    stage.command("0")
    #expect(stage.effects.takeCalls().isEmpty)
    stage.command("1")
    #expect(stage.effects.takeCalls() == [.revive(roles: [])])
    stage.command("5")
    #expect(stage.effects.takeCalls().isEmpty, "no filter keeps offers away")
  }

  @Test func wantingMoreClearsLongFilters() {
    var stage = Stage(Puppet(play: want))
    stage.subscribe()
    stage.command("2")
    stage.event(.offers([offer(1, "cpus:0.5")]))
    #expect(stage.effects.takeCalls().map(\.name) == ["DECLINE"])
    stage.command("1")
    #expect(stage.effects.takeCalls().isEmpty, "less is wanted, not more")
    stage.command("3")
    #expect(stage.effects.takeCalls() == [.revive(roles: [])])
    stage.command("4")
    #expect(stage.effects.takeCalls().isEmpty, "the filters are cleared already")
  }

  @Test func whatIsWantedIsSaidAgainFromTimeToTime() {
    var stage = Stage(Puppet(play: want))
    stage.subscribe()
    stage.command("0")
    stage.command("1")
    _ = stage.effects.takeCalls()
    stage.advanceInTouch(.minutes(15))
    #expect(stage.effects.takeCalls() == [.reconcile([]), .revive(roles: [])])
    stage.command("0")
    _ = stage.effects.takeCalls()
    stage.advanceInTouch(.minutes(15))
    #expect(stage.effects.takeCalls() == [.reconcile([]), .suppress(roles: [])])
  }

  @Test func anotherNeedClearsLongFilters() {
    var stage = Stage(
      Puppet { input, cluster in
        cluster.want(input == .command("small") ? "cpus:0.1" : "cpus:1", count: 1)
      })
    stage.subscribe()
    stage.event(.offers([offer(1, "cpus:0.5")]))
    _ = stage.effects.takeCalls()
    stage.command("small")
    #expect(stage.effects.takeCalls() == [.revive(roles: [])])
  }

  @Test func rolesAreSuppressedOneByOne() {
    let framework = FrameworkInfo(name: "test", roles: ["a", "b"], capabilities: [.multiRole])
    var stage = Stage(
      Puppet { input, cluster in
        if case .command(let role) = input { cluster.want([Demand("cpus:1", role: role)]) }
      }, framework: framework)
    stage.subscribe()
    stage.command("a")
    #expect(stage.effects.takeCalls() == [.suppress(roles: ["b"])])
    stage.command("b")
    #expect(stage.effects.takeCalls() == [.suppress(roles: ["a"]), .revive(roles: ["b"])])
  }

  @Test func anIdleFrameworkSubscribesSuppressed() {
    var stage = Stage(Puppet(play: want))
    stage.command("0")
    stage.open()
    #expect(
      stage.effects.takeCalls() == [
        .subscribe(.init(FrameworkInfo(name: "test"), suppressedRoles: ["*"]))
      ])
    stage.command("1")
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(stage.effects.takeCalls() == [.revive(roles: [])], "demand that came while it subscribed")
  }

  @Test func withoutTheDefaultTheSchedulerDecides() {
    var options = SchedulerOptions()
    options.followsDemand = false
    var stage = Stage(
      Puppet { input, cluster in
        cluster.want("cpus:1", count: 0)
        if case .command = input { cluster.suppress() }
      }, options: options)
    stage.subscribe()
    stage.event(.offers([offer(1)]))
    #expect(stage.effects.takeCalls().map(\.name) == ["DECLINE"])
    stage.command("suppress")
    #expect(stage.effects.takeCalls() == [.suppress(roles: [])])
  }
}
