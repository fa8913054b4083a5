import MesetaAllocator
import MesetaModel
import MesetaRuntime

/// Whose the demands are that wait in the allocator.
struct DemandBook: Codable, Sendable {
  struct Entry: Codable, Sendable {
    var slot: DemandSlot
    var framework: FrameworkKey
    var id: DemandID
  }

  /// By the index of the slot.
  private var entries: [Entry?] = []
  /// By the index of the framework; few each.
  private var byFramework: [[DemandSlot]] = []

  mutating func add(_ slot: DemandSlot, _ id: DemandID, of framework: FrameworkKey) {
    while entries.count <= Int(slot.index) { entries.append(nil) }
    while byFramework.count <= Int(framework.index) { byFramework.append([]) }
    entries[Int(slot.index)] = Entry(slot: slot, framework: framework, id: id)
    byFramework[Int(framework.index)].append(slot)
  }

  /// The demands of a framework, in the order they came.
  func demands(of framework: FrameworkKey) -> [DemandSlot] {
    framework.index < byFramework.count ? byFramework[Int(framework.index)] : []
  }

  /// The demand of that name.
  func find(_ id: DemandID, of framework: FrameworkKey) -> DemandSlot? {
    demands(of: framework).first { entries[Int($0.index)]?.id == id }
  }

  /// Takes a demand out of the book; nil if it is not there.
  mutating func take(_ slot: DemandSlot) -> Entry? {
    guard slot.index < entries.count, let entry = entries[Int(slot.index)], entry.slot == slot else {
      return nil
    }
    entries[Int(slot.index)] = nil
    byFramework[Int(entry.framework.index)].removeAll { $0 == slot }
    return entry
  }
}
