// What can be said of a maintenance schedule without knowing the cluster. The texts are Mesos's by meaning.

public import MesetaModel

extension MachineID {
  /// What is wrong with the name of a machine; nil if nothing is.
  public var problem: String? {
    if hostname.isEmpty, ip.isEmpty { return "Both 'hostname' and 'ip' for a machine are empty" }
    if !ip.isEmpty, !ip.isIPv4Address { return "Failed to parse IPv4: \(ip)" }
    return nil
  }
}

extension [MachineID] {
  /// What is wrong with a list of machines that are to go down or come up; nil if nothing is.
  public var problem: String? {
    if isEmpty { return "List of machines is empty" }
    var seen = Set<MachineID>()
    return firstProblem(&seen)
  }

  fileprivate func firstProblem(_ seen: inout Set<MachineID>) -> String? {
    for id in self {
      if let problem = id.problem { return problem }
      if !seen.insert(id).inserted { return "Machine '\(id)' appears more than once in the schedule" }
    }
    return nil
  }
}

extension MaintenanceSchedule {
  /// How many bytes the names of its machines may take: with those that are down it is one entry of the registry, and ZooKeeper has
  /// room for a mebibyte in one.
  public static let capacity = 384 << 10

  /// What is wrong with the schedule; nil if nothing is.
  public var problem: String? {
    let machines = windows.lazy.flatMap(\.machines)
    let size = machines.reduce(0) { $0 + $1.hostname.utf8.count + $1.ip.utf8.count + 8 }
    if size > Self.capacity {
      return "The schedule names \(machines.count) machines in \(size) bytes, of which \(Self.capacity) "
        + "can be kept: plan for fewer at a time"
    }
    var seen = Set<MachineID>()
    for window in windows {
      if window.machines.isEmpty { return "List of machines in the maintenance window is empty" }
      if let duration = window.unavailability.duration, duration < 0 {
        return "Unavailability 'duration' is negative"
      }
      if let problem = window.machines.firstProblem(&seen) { return problem }
    }
    return nil
  }
}

extension String {
  /// Whether this is four numbers below 256 with dots between them.
  package var isIPv4Address: Bool {
    let parts = split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
          && UInt8(part) != nil
      }
  }
}
