// Each way in which a scheduler's call can be wrong.

import MesetaModel
import MesetaProtocol

/// Calls that a master has to refuse, or to do without harm.
struct BadCalls {
  var framework: FrameworkID?
  var info: FrameworkInfo
  var offer: Offer?
  var status: TaskStatus?

  var all: [SchedulerCall] {
    kinds.map { SchedulerCall(frameworkID: framework, $0) } + strangers + subscriptions
  }

  private var kinds: [SchedulerCall.Kind] {
    let agent: AgentID = status?.agentID ?? "nowhere"
    return [
      .accept(.init([], [])),
      .accept(.init(["gone"], [Operation(.unreserve(Resources(["cpus": Scalar(1)])))])),
      .accept(.init((offer.map { [$0.id, $0.id] }) ?? [], [])),
      .decline(offerIDs: ["gone"], filters: Filters()),
      .revive(roles: ["unheard"]), .suppress(roles: ["unheard", ""]), .kill(.init("unheard")),
      .kill(.init("unheard", agentID: agent)), .kill(.init(status?.taskID ?? "unheard", agentID: "nowhere")),
      .kill(.init(status?.taskID ?? "unheard", gracePeriod: -5)),
      .shutdown(executorID: "unheard", agentID: agent), .shutdown(executorID: "unheard", agentID: "nowhere"),
      .acknowledge(.init(agentID: agent, taskID: "unheard", uuid: UUID(random: 1, 2))),
      .acknowledge(.init(agentID: "nowhere", taskID: "unheard", uuid: UUID(random: 1, 2))),
      .acknowledge(.init(agentID: agent, taskID: status?.taskID ?? "unheard", uuid: UUID(random: 3, 4))),
      .reconcile([.init("unheard"), .init("unheard", agentID: "nowhere"), .init("unheard", agentID: agent)]),
      .message(agentID: agent, executorID: "unheard", data: [1]),
      .message(agentID: "nowhere", executorID: "unheard", data: []),
      .acknowledgeOperationStatus(
        .init(agentID: nil, resourceProviderID: nil, uuid: UUID(random: 5, 6), operationID: "unheard")),
      .acknowledgeOperationStatus(
        .init(agentID: agent, resourceProviderID: nil, uuid: UUID(random: 5, 6), operationID: "unheard")),
      .reconcileOperations([
        .init("unheard", agentID: agent), .init("unheard"), .init("unheard", agentID: "nowhere"),
      ]),
      .reconcileOperations([.init("unheard", agentID: agent, resourceProviderID: "provider")]),
      .acceptInverseOffers(inverseOfferIDs: ["gone"], filters: Filters()),
      .declineInverseOffers(inverseOfferIDs: ["gone"], filters: Filters(refuseSeconds: .nan)),
      .demand(GangDemand("", [])),
      .demand(GangDemand("d", role: "unheard", [.init(Resources(["cpus": Scalar(1)]))])),
      .demand(
        GangDemand("d", role: info.roles.first ?? "*", [.init(Resources(["cpus": Scalar(1)]), count: 0)])),
      .demand(GangDemand("d", role: info.roles.first ?? "*", [.init(Resources(["cpus": Scalar(100)]))])),
      .demand(
        GangDemand("d", role: info.roles.first ?? "*", [.init(Resources(["cpus": Scalar(1)]))], timeout: -1)),
      .withdraw("unheard"), .unknown(type: 77), .request([.init(resources: Resources(["cpus": Scalar(1)]))]),
    ]
  }

  /// Calls in the name of others.
  private var strangers: [SchedulerCall] {
    [
      SchedulerCall(frameworkID: nil, .revive(roles: [])), SchedulerCall(frameworkID: "unheard", .teardown),
      SchedulerCall(frameworkID: "unheard", .subscribe(.init(info))),
    ]
  }

  /// What it may not say of itself.
  private var subscriptions: [SchedulerCall] {
    func changed(_ change: (inout FrameworkInfo) -> Void) -> FrameworkInfo {
      var info = info
      info.id = framework
      change(&info)
      return info
    }
    let infos = [
      changed { $0.roles = ["a", "a"] }, changed { $0.roles = ["/a"] }, changed { $0.role = "a" },
      changed { $0.capabilities = [] }, changed { $0.failoverTimeout = .infinity },
      changed { $0.principal = "else" },
      changed { $0.user = "else" }, changed { $0.checkpoint = true }, changed { $0.id = "a/b" },
      changed { $0.offerFilters = [OfferFilter(role: "eng", minimalQuantities: [[]])] },
    ]
    let plain = changed { _ in }
    let odd: [SchedulerCall.Subscribe] = [
      .init(plain, suppressedRoles: ["unheard"]), .init(plain, offerConstraints: ["unheard": []]),
      .init(plain, offerConstraints: [info.roles.first ?? "*": [[.where(.hostname, .matches("("))]]]),
      .init(plain, offerConstraints: [info.roles.first ?? "*": [[]]]),
    ]
    let all = infos.map { SchedulerCall.Subscribe($0) } + odd
    return all.map { SchedulerCall(frameworkID: framework, .updateFramework($0)) }
      + all.filter { $0.framework.id != "a/b" }.map {
        SchedulerCall(frameworkID: $0.framework.id, .subscribe($0))
      }
  }

  /// Tasks that cannot be run, each for a reason of its own.
  static func tasks(like task: TaskInfo) -> [TaskInfo] {
    func changed(_ change: (inout TaskInfo.Fields) -> Void) -> TaskInfo {
      task.with {
        $0.id = TaskID(task.id.value + "b")
        change(&$0)
      }
    }
    let executor = ExecutorInfo(id: "e", command: .shell("executor"))
    return [
      task, changed { $0.id = "" }, changed { $0.id = "a/b" }, changed { $0.agentID = "nowhere" },
      changed { $0.resources = Resources() }, changed { $0.resources = Resources(["cpus": Scalar(1000)]) },
      changed { $0.resources = $0.resources.allocated(to: "unheard") },
      changed { $0.resources += Resources(["gpus": Scalar(milli: 500)]).allocated(to: nil) },
      changed { $0.resources = $0.resources + $0.resources.madeRevocable },
      changed { $0.command = nil }, changed { $0.executor = executor }, changed { $0.killGracePeriod = -1 },
      changed { $0.maxCompletionTime = -1 }, changed { $0.healthCheck = EncodedMessage([]) },
      changed { $0.limits = [ResourceLimit("mem", .infinite)] },
      changed {
        $0.command = nil
        $0.executor = executor
      },
      changed {
        $0.command = nil
        $0.executor = ExecutorInfo(id: "e", kind: .default)
      },
      changed {
        $0.command = nil
        $0.executor = ExecutorInfo(id: "", shutdownGracePeriod: -1)
      },
      changed {
        $0.command = nil
        $0.executor = ExecutorInfo(id: "e", command: .shell("executor"), frameworkID: "unheard")
      },
      changed {
        $0.command = nil
        $0.executor = ExecutorInfo(
          id: "e", command: .shell("executor"), resources: Resources(["cpus": Scalar(500)]))
      },
    ]
  }

  /// Operations that cannot be done.
  static func operations(_ offer: Offer) -> [Operation] {
    let role = offer.allocationRole
    let processor = Resources(["cpus": Scalar(milli: 100)]).allocated(to: role)
    let disk = Resources(["disk": Scalar(10)]).allocated(to: role)
    func reserved(_ kind: Reservation.Kind, _ role: String) -> Resources {
      processor.map { $0 = $0.reserved(Reservation(kind, role: role)) }
    }
    let volume = DiskInfo.Persistence(id: "v")
    let bare = disk.map { $0 = $0.volume(volume, at: DiskInfo.Volume("data")) }
    let odd = disk.map {
      $0 = $0.reserved(Reservation(.dynamic, role: "eng")).volume(
        volume, at: DiskInfo.Volume("a/../b", mode: .readOnly))
    }
    var operations: [Operation] = [
      Operation(.reserve(resources: processor, source: Resources())),
      Operation(.reserve(resources: reserved(.fixed, role), source: Resources())),
      Operation(.reserve(resources: reserved(.dynamic, "*"), source: Resources())),
      Operation(.reserve(resources: reserved(.dynamic, "unheard"), source: Resources())),
      Operation(.reserve(resources: reserved(.dynamic, role), source: disk)),
      Operation(.reserve(resources: Resources(), source: Resources())), Operation(.unreserve(processor)),
      Operation(.unreserve(Resources())), Operation(.create(volumes: disk)),
      Operation(.create(volumes: bare)),
      Operation(.create(volumes: odd)), Operation(.create(volumes: Resources())),
      Operation(.destroy(volumes: bare)),
      Operation(.destroy(volumes: Resources())), Operation(.unknown(EncodedMessage([]))),
      Operation(.launchGroup(executor: ExecutorInfo(id: "e"), tasks: [])),
      Operation(.launch([]), id: "named"),
    ]
    if let one = bare.first {
      operations.append(Operation(.growVolume(volume: one, addition: one)))
      operations.append(Operation(.shrinkVolume(volume: one, subtract: Scalar(1000))))
    }
    return operations + operations.map { Operation($0.kind, id: "bad") }
  }
}
