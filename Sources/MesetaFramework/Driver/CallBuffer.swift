// What a scheduler says while it handles one input.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Collects the calls of one input. A class, because ``SchedulerCalls`` and each ``OfferUse`` write to it as they go. The driver
/// uses it again for the next input if nobody else has kept it, so that no state is shared beyond.
// tidy: what it holds is changed only while one input is handled, by the driver that alone keeps it
final class CallBuffer: @unchecked Sendable {
  // Checking each access for exclusivity at run time costs more than most of them. They are short, and none happens in another.
  @exclusivity(unchecked) var said: Said

  init(_ said: Said) { self.said = said }
}

/// The calls of one input, and what they are made with.
struct Said {
  enum Entry {
    case use(Int)
    case kill(SchedulerCall.Kill)
    case call(SchedulerCall.Kind, request: UInt64)
    case constrain(OfferConstraints, request: UInt64)
    case reconcile([SchedulerCall.ReconciledTask])
    case acknowledge(TaskStatus)
    case refuse(TaskStatus)
    case persist([UInt8])
    case wake(Instant)
    case stop(teardown: Bool)
    case log(LogLevel, String)
  }

  /// Offers that are being used together.
  struct Use {
    var offers: [Offer] = []
    var remaining = Resources()
    var tasks: [TaskInfo] = []
    var operations: [Operation] = []
    /// For what remains; nil: the driver chooses.
    var refusal: Span?
    /// Those that the tasks run under, as they were launched.
    var executors: [ExecutorInfo] = []
  }

  struct Refusal {
    var seconds: Double
    var offerIDs: [OfferID]
  }

  var entries: [Entry] = []
  var uses: [Use] = []
  var refusals: [Refusal] = []
  var demands: [Demand]?
  var offers = OfferBook()
  var executors = LaunchedExecutors()
  var names: TaskNames
  /// The number for the next call whose outcome is wanted.
  var nextRequest: UInt64 = 0
  /// The framework's.
  let principal: String?

  init(names: TaskNames, principal: String?) {
    self.names = names
    self.principal = principal
  }

  /// Whether no call was made, as in answer to most updates.
  var isSilent: Bool { entries.isEmpty && uses.isEmpty && refusals.isEmpty }

  /// Forgets what was said.
  mutating func clear() {
    if !entries.isEmpty { entries.removeAll(keepingCapacity: entries.count <= Self.keptCapacity) }
    if !uses.isEmpty { uses.removeAll(keepingCapacity: uses.count <= Self.keptCapacity) }
    if !refusals.isEmpty { refusals.removeAll(keepingCapacity: refusals.count <= Self.keptCapacity) }
    if demands != nil { demands = nil }
  }

  private static let keptCapacity = 64

  /// Whether the scheduler does not take the update.
  func refuses(_ status: TaskStatus) -> Bool {
    !entries.isEmpty
      && entries.contains { if case .refuse(let refused) = $0 { refused == status } else { false } }
  }

  /// Notes the offers that a call of the scheduler's own answers.
  mutating func answer(_ call: SchedulerCall.Kind) {
    switch call {
    case .accept(let accept): for id in accept.offerIDs { _ = offers.take(id) }
    case .decline(let ids, _): for id in ids { _ = offers.take(id) }
    default: break
    }
  }

  /// Declines with the others that are refused for as long.
  mutating func refuse(_ id: OfferID, for span: Span) {
    let seconds = span.inSeconds
    for index in refusals.indices.reversed() where refusals[index].seconds == seconds {
      refusals[index].offerIDs.append(id)
      return
    }
    var refusal = Refusal(seconds: seconds, offerIDs: [])
    refusal.offerIDs.reserveCapacity(offers.current.count)
    refusal.offerIDs.append(id)
    refusals.append(refusal)
  }
}

/// Makes task ids that no other incarnation of the framework makes.
struct TaskNames: Hashable, Sendable {
  /// The incarnation and a hyphen.
  private let prefix: String
  private var count: UInt64 = 0

  init(_ random: inout SeededGenerator) {
    // Eight digits and a count stay within a short string, which needs no memory of its own.
    let digits = String(UInt32(truncatingIfNeeded: random.next()), radix: 16)
    self.prefix = String(repeating: "0", count: 8 - digits.utf8.count) + digits + "-"
  }

  mutating func next() -> TaskID {
    count += 1
    var (digits, rest) = (1, count)
    while rest >= 10 {
      digits += 1
      rest /= 10
    }
    // Every task has one: appending to a string takes seven times as long.
    let capacity = prefix.utf8.count + digits
    return TaskID(
      String(unsafeUninitializedCapacity: capacity) { text in
        let end = text.initialize(fromContentsOf: prefix.utf8)
        var rest = count
        for place in (end..<capacity).reversed() {
          text.initializeElement(at: place, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
          rest /= 10
        }
        return capacity
      })
  }
}
