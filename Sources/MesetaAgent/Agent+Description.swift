// What can be seen of an agent from outside.

import MesetaRuntime

extension Agent {
  /// How many executors can be told something.
  package var connectedExecutors: Int {
    var count = 0
    for place in 0..<executors.capacity where executors.key(at: place) != nil {
      if executors.entries[place].session != nil { count += 1 }
    }
    return count
  }
}
