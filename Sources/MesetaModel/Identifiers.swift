// The typed identifiers of the cluster: each wraps the text that travels on the wire.

/// An identifier that is a text of the caller's or the master's choice.
public protocol TextIdentifier: Hashable, Comparable, Codable, Sendable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// The text on the wire.
  var value: String { get }
  init(_ value: String)
}

extension TextIdentifier {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { value }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// An identifier that can be read and written without a text in between.
package protocol DirectIdentifier: TextIdentifier {
  init(utf8: UnsafeBufferPointer<UInt8>)
  func write(to memory: UnsafeMutablePointer<UInt8>) -> Int?
}

extension DirectIdentifier {
  package static var largestWritten: Int { NumberedText.capacity }
}

/// Names a framework for as long as it lives; given by the master at the first subscription.
public struct FrameworkID: TextIdentifier, DirectIdentifier {
  @usableFromInline let text: NumberedText

  @inlinable
  public static func == (left: FrameworkID, right: FrameworkID) -> Bool { left.text == right.text }

  public var value: String { text.value(.framework) }
  public init(_ value: String) { text = NumberedText(value, .framework) }
  package init(utf8: UnsafeBufferPointer<UInt8>) { text = NumberedText(utf8: utf8, .framework) }

  /// Writes the text to memory of ``largestWritten`` bytes; returns how many they are, or nil if it is not such a text.
  package func write(to memory: UnsafeMutablePointer<UInt8>) -> Int? { text.write(to: memory, .framework) }

  /// A number that tells two of them apart but for chance, the same in every process.
  @inlinable package var fingerprint: UInt64 { text.fingerprint }

  func mix(into print: inout Fingerprint) { text.mix(into: &print) }
}

/// Names an agent for as long as it lives; given by the master at the first registration.
public struct AgentID: TextIdentifier, DirectIdentifier {
  @usableFromInline let text: NumberedText

  @inlinable
  public static func == (left: AgentID, right: AgentID) -> Bool { left.text == right.text }

  public var value: String { text.value(.agent) }
  public init(_ value: String) { text = NumberedText(value, .agent) }
  package init(utf8: UnsafeBufferPointer<UInt8>) { text = NumberedText(utf8: utf8, .agent) }

  /// Writes the text to memory of ``largestWritten`` bytes; returns how many they are, or nil if it is not such a text.
  package func write(to memory: UnsafeMutablePointer<UInt8>) -> Int? { text.write(to: memory, .agent) }

  /// A number that tells two of them apart but for chance, the same in every process.
  @inlinable package var fingerprint: UInt64 { text.fingerprint }

  func mix(into print: inout Fingerprint) { text.mix(into: &print) }
}

/// Names a task within its framework; chosen by the framework.
public struct TaskID: TextIdentifier {
  public let value: String
  public init(_ value: String) { self.value = value }
}

/// Names an executor within its framework on one agent; chosen by the framework.
public struct ExecutorID: TextIdentifier {
  public let value: String
  public init(_ value: String) { self.value = value }
}

/// Names an operation within its framework; chosen by the framework that wants to hear how it went.
public struct OperationID: TextIdentifier {
  public let value: String
  public init(_ value: String) { self.value = value }
}

/// Names a provider of resources on an agent.
public struct ResourceProviderID: TextIdentifier {
  public let value: String
  public init(_ value: String) { self.value = value }
}

/// Names a container on an agent; a nested container names its parent.
public indirect enum ContainerID: Hashable, Codable, Sendable, CustomStringConvertible {
  case root(String)
  case nested(String, parent: ContainerID)

  /// The last component.
  public var value: String {
    switch self {
    case .root(let value), .nested(let value, _): value
    }
  }

  public var parent: ContainerID? {
    switch self {
    case .root: nil
    case .nested(_, let parent): parent
    }
  }

  public var description: String {
    switch self {
    case .root(let value): value
    case .nested(let value, let parent): "\(parent).\(value)"
    }
  }
}
