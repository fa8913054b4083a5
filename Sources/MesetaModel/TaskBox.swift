/// The fields of a task, with what is asked of them again and again.
@usableFromInline
final class TaskBox: Sendable {
  // First, beside the count of references: to look at them is to look at one place in memory.
  /// What the task needs, at rest.
  @usableFromInline let needs: ResourceSum
  @usableFromInline let hasPlainResources: Bool
  @usableFromInline let value: TaskInfo.Fields

  init(_ value: TaskInfo.Fields) {
    var needs = ResourceSum()
    needs.addAtRest(value.resources)
    self.needs = needs
    self.hasPlainResources = value.resources.isPlain
    self.value = value
  }
}

extension TaskBox: Hashable {
  @usableFromInline
  static func == (left: TaskBox, right: TaskBox) -> Bool { left === right || left.value == right.value }
  @usableFromInline
  func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension TaskBox: Codable {
  @usableFromInline
  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  @usableFromInline
  convenience init(from decoder: any Decoder) throws { self.init(try TaskInfo.Fields(from: decoder)) }
}
