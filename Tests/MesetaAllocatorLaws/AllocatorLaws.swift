// Plays sequences, and tells of those that break a law as briefly as can be.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

/// The laws of the allocator, tried on random sequences of events.
public enum AllocatorLaws {
  /// Plays the sequence that is drawn from a seed. Returns how a law is broken: the seed, and the few events that it
  /// takes, in words; nil if all laws hold.
  public static func failure(seed: UInt64) -> String? {
    var sequence = EventSequence(seed: seed)
    guard let last = sequence.breaks else { return nil }
    let count = sequence.events.count
    sequence.events.removeSubrange((last + 1)...)
    sequence.shrink()
    return """
      seed \(seed), of whose \(count) events these \(sequence.events.count) are enough:
      \(sequence.told)
      """
  }
}

extension EventSequence {
  /// The index of the event after which a law is broken; nil if all hold.
  var breaks: Int? {
    var player = Player(self)
    for index in events.indices {
      do { try player.play(events[index]) } catch { return index }
    }
    return nil
  }

  /// Drops events as long as a law is broken without them: many at once at first, then fewer.
  mutating func shrink() {
    var size = max(1, events.count / 2)
    while true {
      var start = 0
      var isSmaller = false
      while start < events.count {
        var without = self
        without.events.removeSubrange(start..<min(start + size, events.count))
        if let last = without.breaks {
          without.events.removeSubrange((last + 1)...)
          events = without.events
          isSmaller = true
        } else {
          start += size
        }
      }
      if size == 1, !isSmaller { return }
      if !isSmaller || size > events.count { size = max(1, size / 2) }
    }
  }

  /// What happens, in words, and the law that is broken at the end.
  var told: String {
    var player = Player(self, isTold: true)
    do {
      for event in events { try player.play(event) }
    } catch {
      player.tell { _ in "-- but \(error.message)" }
    }
    return (player.story ?? []).map { "  " + $0 }.joined(separator: "\n")
  }
}
