// Which rare branches the nodes of a simulation have been through.

import MesetaAgent
import MesetaAllocator
import MesetaFramework
import MesetaMaster
import MesetaRuntime

/// The marks of nodes of all kinds together.
package struct NodeMarks: Hashable, Sendable {
  private var master: UInt64 = 0
  private var allocator: UInt64 = 0
  private var agent: UInt64 = 0
  private var driver: UInt64 = 0

  package init() {}

  init(_ marks: Marks<MasterMark>, _ allocatorMarks: Marks<AllocatorMark>) {
    master = marks.bits
    allocator = allocatorMarks.bits
  }

  init(_ marks: Marks<AgentMark>) { agent = marks.bits }
  init(_ marks: Marks<DriverMark>) { driver = marks.bits }

  mutating func formUnion(_ other: NodeMarks) {
    master |= other.master
    allocator |= other.allocator
    agent |= other.agent
    driver |= other.driver
  }

  /// Their names, `master.killResent`, in a fixed order.
  package var names: [String] {
    Self.names(master, "master", MasterMark.self) + Self.names(allocator, "allocator", AllocatorMark.self)
      + Self.names(agent, "agent", AgentMark.self) + Self.names(driver, "driver", DriverMark.self)
  }

  /// The names of all that there are.
  package static var allNames: [String] {
    var all = NodeMarks()
    (all.master, all.allocator, all.agent, all.driver) = (.max, .max, .max, .max)
    return all.names
  }

  private static func names<Mark: CaseIterable & RawRepresentable & Sendable>(
    _ bits: UInt64, _ kind: String, _ type: Mark.Type
  ) -> [String] where Mark.RawValue == UInt8 {
    Mark.allCases.filter { bits & 1 &<< UInt64($0.rawValue) != 0 }.map { "\(kind).\($0)" }
  }
}
