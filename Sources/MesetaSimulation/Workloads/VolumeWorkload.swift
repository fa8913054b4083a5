// A framework that sets resources aside and keeps data.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Reserves, makes volumes, runs tasks on them, grows, shrinks and destroys them, and gives back what is reserved, its own and what
/// others of its role have made. When all tasks have run it only takes down what it built.
struct VolumeWorkload: Workload {
  private let name: String
  private var work: WorkList
  private var random: SeededGenerator
  private var operations = 0
  private var volumes = 0
  private let need = Resources(["cpus": Scalar(milli: 200), "mem": Scalar(64)])

  init(_ shape: Shape.Framework) {
    name = shape.name
    work = WorkList(max(1, shape.tasks / 4))
    random = SeededGenerator(seed: shape.seed)
  }

  static var options: SchedulerOptions {
    var options = SchedulerOptions()
    options.followsDemand = false
    options.usefulRefusal = .seconds(2)
    return options
  }

  static var capabilities: [FrameworkInfo.Capability] { [.reservationRefinement, .sharedResources] }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .wake:
      if let id = work.takeEndless() { cluster.kill(id) }
      if random.oneIn(4) { cluster.call(.reconcileOperations([])) }
      let asked = OperationID("operation\(random.below(UInt64(operations + 1)))")
      if random.oneIn(4) { cluster.call(.reconcileOperations([.init(asked)])) }
    default: break
    }
    cluster.wake(after: .seconds(20))
  }

  private mutating func nextID() -> OperationID? {
    operations += 1
    // An agent that knows no feedback refuses an operation with an id.
    return random.oneIn(3) ? nil : OperationID("operation\(random.next() % 1_000_000)")
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    var launch = cluster.accept(offer)
    let role = offer.allocationRole
    let volumes = offer.resources.filter { resource in
      resource.isPersistentVolume && resource.reservationRole == role
        && isFree(of: resource.disk?.persistence?.principal)
    }
    for volume in volumes { use(volume: volume, &launch) }
    let free = launch.remaining.filter { resource in
      guard let reservation = resource.traits.reservations.last, reservation.kind == .dynamic else {
        return false
      }
      return reservation.role == role && !resource.isPersistentVolume
        && isFree(of: reservation.principal)
    }
    for resource in free { use(reserved: resource, &launch) }
    guard !work.isDone, work.waiting > 0, random.oneIn(2) else { return }
    let other = launch.remaining.first { $0.name == "disk" && $0.disk?.source != nil && !$0.isReserved }
    if let other, random.oneIn(2) { _ = launch.reserve(Resources([other]), id: nextID()) }
    _ = launch.reserve(
      Resources(["disk": Scalar(100 + Int(random.below(100))), "cpus": Scalar(milli: 250)]),
      labels: random.oneIn(3) ? Labels([Label("made", "by campaign")]) : nil, id: nextID())
  }

  /// Others that are still at work keep what they have made from one that is not.
  private func isFree(of principal: String?) -> Bool {
    !work.isDone || principal == name
  }

  private mutating func use(volume: Resource, _ launch: inout OfferUse) {
    if work.waiting > 0, !random.oneIn(4), launch.fits(need) {
      let plan = work.nextPlan(&random)
      if let id = launch.run(shell: plan, resources: need + Resources([volume])) { work.launched(id, plan) }
      return
    }
    switch random.below(work.isDone ? 1 : 5) {
    case 0: launch.destroyVolume(volume, id: nextID())
    case 1:
      // Another one of the same name, which must not find what was in this one.
      guard launch.destroyVolume(volume, id: nextID()), let name = volume.disk?.persistence?.id else {
        return
      }
      _ = launch.createVolume(name, size: Scalar(20), at: "data", on: volume.disk?.source, id: nextID())
    case 2: _ = launch.growVolume(volume, by: Scalar(10), id: nextID())
    case 3: _ = launch.shrinkVolume(volume, by: Scalar(10), id: nextID())
    default: break
    }
  }

  private mutating func use(reserved: Resource, _ launch: inout OfferUse) {
    if reserved.name == "disk", !work.isDone, !random.oneIn(3) {
      volumes += 1
      // A disk that is mounted is one volume.
      let isWhole = reserved.disk?.source?.kind == .mount
      let size = isWhole ? Resources([reserved]).scalar("disk") : Scalar(50)
      _ = launch.createVolume(
        "volume\(random.next() % 1_000_000)", size: size, at: "data", isShared: random.oneIn(3),
        on: reserved.disk?.source, id: nextID())
    } else if work.isDone || random.oneIn(4) {
      launch.unreserve(Resources([reserved]), id: nextID())
    }
  }
}
