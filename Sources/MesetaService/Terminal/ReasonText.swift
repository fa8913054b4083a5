public import MesetaModel
public import MesetaProtocol

/// A reason for which an agent is, or is not, on offer, in plain words.
public struct ReasonText: Sendable {
  /// A word or two, the same for all reasons of a kind.
  public let kind: String
  /// The name of the kind for programs.
  public let name: String
  /// What there is to say of this one agent.
  public let sentence: String

  /// - Parameters:
  ///   - now: When it was so, in nanoseconds since the Unix epoch.
  ///   - names: What frameworks are called.
  ///   - clock: How points in time are shown; nil: on the local clock.
  public init(
    _ reason: Explanation.Reason, role: String?, now: Int64, names: [FrameworkID: String] = [:],
    clock: ((Int64) -> String)? = nil
  ) {
    let inRole = role.map { " in role \($0)" } ?? ""
    switch reason {
    case .frameworkInactive:
      (name, kind, sentence) = ("framework_inactive", "disconnected", "the framework is disconnected")
    case .noRole:
      (name, kind, sentence) = ("no_role", "no role", "the framework subscribes to no role")
    case .suppressed:
      (name, kind, sentence) = ("suppressed", "suppressed", "the framework suppresses offers\(inRole)")
    case .outstandingLimit(let limit):
      (name, kind) = ("outstanding_limit", "unanswered")
      sentence = "the framework has \(limit) unanswered offers, as many as it may have"
    case .agentInactive:
      (name, kind) = ("agent_inactive", "agent away")
      sentence = "it is disconnected, deactivated or draining"
    case .gpuOnly:
      (name, kind) = ("gpu_only", "GPUs")
      sentence = "it has GPUs, kept for frameworks with the capability GPU_RESOURCES"
    case .remoteRegion:
      (name, kind) = ("remote_region", "remote")
      sentence = "it is in another region, kept for frameworks with the capability REGION_AWARE"
    case .constraint:
      (name, kind) = ("constraint", "constraints")
      sentence = "the framework's offer constraints\(inRole) exclude it"
    case .allocatedElsewhere:
      (name, kind, sentence) = ("allocated_elsewhere", "taken", "all of it is used or offered")
    case .setAside:
      (name, kind) = ("set_aside", "set aside")
      sentence = "what is free is set aside for a demand of a whole set of resources"
    case .reserved(let owner):
      (name, kind) = ("reserved", "reserved")
      sentence =
        owner == Role.anyone || owner.isEmpty
        ? "what is free is reserved for other roles" : "what is free is reserved for role \(owner)"
    case .incapable:
      (name, kind) = ("incapable", "not understood")
      sentence = "what is free is revocable, shared or of a refined reservation, unknown to the framework"
    case .quotaLimit(let owner, let used):
      (name, kind) = ("quota_limit", "quota")
      sentence = "quota of role \(owner) used up" + (used.isEmpty ? "" : ": " + Self.list(used, ", "))
    case .quotaHeadroom:
      (name, kind) = ("quota_headroom", "kept")
      sentence = "what is free is kept for roles whose guarantees are not met"
    case .tooSmall(let short):
      (name, kind) = ("too_small", "too small")
      sentence =
        short.isEmpty
        ? "less is free than is of use to the framework" : "free are only " + Self.list(short, " or ")
    case .filtered(let until):
      (name, kind) = ("filtered", "declined")
      sentence = "declined until \(Self.time(until, now: now, clock))"
    case .behind(let first, let share):
      (name, kind) = ("behind", "others first")
      sentence =
        "\(names[first] ?? first.value) is served first: its share is \(Self.comparison(share))"
    case .available:
      (name, kind, sentence) = ("available", "free", "free for the framework, offered in a moment")
    case .offered:
      (name, kind, sentence) = ("offered", "on offer", "offered to the framework\(inRole)")
    case .unknown:
      (name, kind, sentence) = ("unknown", "unknown", "for a reason that this version does not know")
    }
  }

  /// `12:03:07 (in 4 min 12 s)`.
  static func time(_ until: Int64, now: Int64, _ clock: ((Int64) -> String)?) -> String {
    let left = ProgressBar.duration(
      seconds: Double(max(0, until.subtractingReportingOverflow(now).partialValue)) / 1e9)
    return "\(clock?(until) ?? ClockText.local(until, now: now)) (in \(left))"
  }

  /// `8 of 8 cpus`.
  private static func list(_ amounts: [Explanation.Amount], _ separator: String) -> String {
    amounts.map { "\($0.amount) of \($0.bound) \($0.name)\(unit(of: $0.name))" }.joined(separator: separator)
  }

  private static func unit(of name: String) -> String { name == "mem" || name == "disk" ? " (MB)" : "" }

  private static func comparison(_ share: Double) -> String {
    let thousandths = Int((min(max(share, 0), 1) * 1000).rounded())
    return thousandths == 0 ? "not greater" : "smaller by \(thousandths / 10).\(thousandths % 10) %"
  }
}
