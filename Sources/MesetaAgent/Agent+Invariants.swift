// What must hold between the tables of an agent at any time.

package import MesetaModel
import MesetaRuntime

extension Agent {
  /// What does not hold, if something does not: what tasks and executors hold is what is missing of all that there is.
  package func brokenInvariant() -> String? {
    let held = heldSum
    var sum = held
    sum.add(available)
    var whole = ResourceSum()
    whole.add(total)
    if sum == whole { return nil }
    return "of \(total) there is \(available) available, while tasks and executors hold \(held)"
  }

  /// What tasks and executors hold, without what is shared or may be taken back.
  package var held: Resources { heldSum.resources }

  private var heldSum: ResourceSum {
    var held = ResourceSum()
    func hold(_ resources: Resources) {
      held.addAtRest(Resources(resources.filter { !$0.isShared && !$0.isRevocable }))
    }
    // In place: a task is much to copy.
    for place in 0..<tasks.capacity {
      guard tasks.key(at: place) != nil, tasks.entries[place].holdsResources else { continue }
      if tasks.entries[place].info?.hasPlainResources ?? false {
        tasks.entries[place].info?.addResources(to: &held)
      } else if let info = tasks.entries[place].info {
        hold(info.resources)
      }
    }
    for place in 0..<executors.capacity {
      guard executors.key(at: place) != nil, executors.entries[place].holdsResources else { continue }
      hold(executors.entries[place].info.resources)
    }
    return held
  }

  /// How much a table holds, and how much it may at rest.
  package struct Census: Sendable {
    package let table: String
    package let count: Int
    package let most: Int
  }

  /// The tables whose size has to follow from what there is.
  package var census: [Census] {
    let work = tasks.count + executors.entries.count + operations.count
    return [
      Census(table: "updates to send again", count: resends.count, most: 4 * tasks.count + 1024),
      Census(table: "deadlines", count: deadlines.count, most: 8 * work + 1024),
      Census(table: "messages kept for later", count: deferred.count, most: 0),
      Census(table: "containers", count: containers.count, most: work),
    ]
  }
}
