// A framework on borrowed resources.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Runs commands on processors that may be taken back.
struct RevocableWorkload: Workload {
  private var work: WorkList
  private let need = Resources(["cpus": Scalar(milli: 250)]).madeRevocable + Resources(["mem": Scalar(32)])

  private var executor: ExecutorInfo {
    ExecutorInfo(id: "lender", command: .shell("executor"), resources: need)
  }

  init(_ shape: Shape.Framework) { work = WorkList(shape.tasks) }

  static var capabilities: [FrameworkInfo.Capability] { [.revocableResources, .gpuResources] }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      for offer in offers {
        var launch = cluster.accept(offer)
        while work.waiting > 0, launch.fits(need) {
          let plan = work.nextPlan(&cluster.random)
          let isUnderExecutor = plan != "unlaunchable" && cluster.random.oneIn(4)
          let id =
            isUnderExecutor && launch.fits(need + need)
            ? launch.run(under: executor, resources: need, data: Array(plan.utf8))
            : launch.run(shell: plan, resources: need)
          guard let id else { break }
          work.launched(id, plan)
        }
      }
    case .wake:
      if let id = work.takeEndless() { cluster.kill(id) }
    default: break
    }
    if !work.endless.isEmpty { cluster.wake(after: .seconds(10)) }
    cluster.want(need, count: work.waiting)
  }
}
