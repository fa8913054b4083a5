// Planned maintenance: which machines are to be down, and when.

/// Names a machine by its host name, its address, or both (`mesos.v1.MachineID`). Host names are compared without regard
/// to case.
public struct MachineID: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Empty: of any name.
  public var hostname: String
  /// An IPv4 address as text, `10.0.0.1`. Empty: at any address.
  public var ip: String

  public init(hostname: String = "", ip: String = "") {
    self.hostname = hostname
    self.ip = ip
  }

  public static func == (left: MachineID, right: MachineID) -> Bool {
    left.ip == right.ip && left.hostname.lowercased() == right.hostname.lowercased()
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(hostname.lowercased())
    hasher.combine(ip)
  }

  /// As JSON: `{"hostname":"node1","ip":"10.0.0.1"}`.
  public var description: String {
    let fields = [("hostname", hostname), ("ip", ip)].filter { !$0.1.isEmpty }
    let texts = fields.map { "\($0.0.debugDescription):\($0.1.debugDescription)" }
    return "{\(texts.joined(separator: ","))}"
  }
}

/// Machines that are to be down at the same time.
public struct MaintenanceWindow: Hashable, Codable, Sendable {
  public var machines: [MachineID]
  public var unavailability: Unavailability

  public init(_ machines: [MachineID], _ unavailability: Unavailability) {
    self.machines = machines
    self.unavailability = unavailability
  }
}

/// When which machines are to be down.
public struct MaintenanceSchedule: Hashable, Codable, Sendable {
  public var windows: [MaintenanceWindow]

  public init(_ windows: [MaintenanceWindow] = []) { self.windows = windows }

  /// The schedule without some machines, and without the windows that are empty then.
  public func without(_ isRemoved: (MachineID) -> Bool) -> MaintenanceSchedule {
    MaintenanceSchedule(
      windows.compactMap { window in
        let kept = window.machines.filter { !isRemoved($0) }
        return kept.isEmpty ? nil : MaintenanceWindow(kept, window.unavailability)
      })
  }
}

/// What a framework answered when it was asked to leave an agent.
public struct InverseOfferAnswer: Hashable, Codable, Sendable {
  public var frameworkID: FrameworkID
  /// Whether it can do without what it has on the agent.
  public var isAccepted: Bool
  /// Nanoseconds since the Unix epoch.
  public var time: Int64

  public init(_ frameworkID: FrameworkID, isAccepted: Bool, time: Int64) {
    self.frameworkID = frameworkID
    self.isAccepted = isAccepted
    self.time = time
  }
}

/// How far the maintenance of the machines is.
public struct MaintenanceStatus: Hashable, Codable, Sendable {
  /// A machine that is to go down, and what the frameworks on it say to that.
  public struct DrainingMachine: Hashable, Codable, Sendable {
    public var id: MachineID
    public var answers: [InverseOfferAnswer]

    public init(_ id: MachineID, answers: [InverseOfferAnswer] = []) {
      self.id = id
      self.answers = answers
    }
  }

  /// The machines that are scheduled.
  public var draining: [DrainingMachine]
  /// The machines that are down.
  public var down: [MachineID]

  public init(draining: [DrainingMachine] = [], down: [MachineID] = []) {
    self.draining = draining
    self.down = down
  }
}
