// What a peer may make us read and allocate.

/// Bounds on one message from outside, whether protobuf or JSON.
public struct WireLimits: Hashable, Sendable {
  /// The longest accepted message in bytes. A longer one is refused before it is read.
  public var maximumBytes: Int

  /// How many messages deep a message may nest, 0 to 64: 1 allows messages in the outermost, and so on.
  ///
  /// A map's entry counts as a message. In JSON the value of an unknown field may nest as deep again.
  public var maximumDepth: Int

  /// How many bytes the decoded form of one message may take, before it becomes model values.
  ///
  /// A byte of input can ask for a hundred of memory (an empty message is two bytes), so this is a limit of its
  /// own.
  public var maximumArenaBytes: Int

  /// Creates limits. `maximumDepth` is cut to 0...64, negative sizes to 0.
  public init(
    maximumBytes: Int = 16 << 20, maximumDepth: Int = 64, maximumArenaBytes: Int = 128 << 20
  ) {
    self.maximumBytes = max(0, min(maximumBytes, Int(Int32.max)))
    self.maximumDepth = max(0, min(maximumDepth, 64))
    self.maximumArenaBytes = max(0, maximumArenaBytes)
  }

  /// 16 MiB, 64 levels, 128 MiB of arena.
  public static let standard = WireLimits()
}
