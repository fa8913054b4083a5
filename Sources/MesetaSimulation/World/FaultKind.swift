// The faults of a simulation by name: to count them, and to leave single ones out.

import MesetaRuntime

/// A kind of fault that happens by chance.
public enum FaultKind: Int, Hashable, Sendable, CaseIterable {
  /// A message is lost, and its session with it.
  case messageLoss
  /// A call is lost while its session goes on.
  case callLoss
  /// A call arrives twice.
  case callRepeat
  /// A call is overtaken by others.
  case callDetour
  /// A message between master and agent arrives twice.
  case messageRepeat
  /// Nothing gets through between a node and the masters, one way or both.
  case partition
  /// Nothing gets through between some nodes and all others.
  case isolation
  /// Nothing gets through to or from a node for a moment.
  case stall
  /// A framework's session breaks.
  case frameworkBreak
  /// An agent crashes, or its machine.
  case agentCrash
  /// An agent crashes and starts several times in a row.
  case flapping
  /// The master that leads crashes, or stops leading.
  case masterCrash
  /// A framework crashes.
  case frameworkCrash
  /// A custom executor crashes.
  case executorCrash
  /// A node crashes when it has done only a part of what it wanted to do.
  case crashWithinBatch
  /// A node crashes, and its disk is lost.
  case diskLoss
  /// The machine of an agent starts again: its containers are gone, and what was not synchronised may be.
  case reboot
  /// A node crashes while it writes: some of its writes are durable, and one is cut short.
  case tornWrite
  /// A node hears late that a write is durable.
  case lateCompletion
  /// A process stands still for a while.
  case pause
  /// A node is slow for a while.
  case slowness
  /// A node's clock runs fast or slow.
  case clockDrift
  /// A node's clock on the wall jumps.
  case clockJump
  /// A container does not start.
  case launchFailure
  /// A container ends before it is done.
  case earlyExit
  /// A container hangs.
  case hang
  /// A container does not heed that it shall end.
  case ignoredKill
  /// The election session of the master that leads expires while it believes in itself.
  case sessionExpiry
  /// A write to the registry is refused, or not answered.
  case storeFailure

  /// `agentCrash`: what the kind is called on the command line.
  public var name: String { "\(self)" }

  /// The kind of that name.
  public init?(_ name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

/// Names one fault of a simulation: the faults of a kind are numbered as they strike, from 1.
public struct FaultID: Hashable, Sendable, CustomStringConvertible {
  /// What kind of fault it is.
  public let kind: FaultKind
  /// Which of them.
  public let number: Int

  /// The fault of that kind and number.
  public init(_ kind: FaultKind, _ number: Int) {
    self.kind = kind
    self.number = number
  }

  /// Reads `agentCrash#3`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "#", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = FaultKind(String(parts[0])), let number = Int(parts[1]) else {
      return nil
    }
    self.init(kind, number)
  }

  /// `agentCrash#3`.
  public var description: String { "\(kind.name)#\(number)" }
}

extension Simulation {
  /// Numbers a fault that is about to strike.
  ///
  /// - Parameter isPossible: Whether there is anything to strike: one that finds nothing has its number all the same.
  /// - Returns: Whether it strikes; not if it is left out. What is drawn for a fault is drawn before this is asked, so
  ///   that one that is left out does not shift the others.
  mutating func strikes(_ kind: FaultKind, if isPossible: Bool = true) -> Bool {
    faultNumbers[kind.rawValue] += 1
    let id = FaultID(kind, faultNumbers[kind.rawValue])
    if !isPossible || faults.excluded.contains(kind) || faults.skipped.contains(id) { return false }
    statistics.faults[kind] += 1
    injectedFaults.append(id)
    return true
  }
}
