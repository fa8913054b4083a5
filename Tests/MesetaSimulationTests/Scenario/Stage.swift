// Where a scenario is played: a simulated cluster whose frameworks say what the script tells them, and a transcript.

import MesetaAllocator
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation

/// A simulated cluster, driven by the verbs of a script.
struct Stage {
  /// What happened during the present verb.
  final class Transcript {
    var entries: [(time: Instant, observation: Observation)] = []
  }

  static let settlingTime = Span.milliseconds(100)

  private(set) var configuration = MasterConfiguration()
  private var faults = Faults.none
  private var world: Simulation?
  private let transcript = Transcript()
  var names = ShortNames()
  var nodes: [String: NodeID] = [:]
  var infos: [String: FrameworkInfo] = [:]
  var showsPings = false
  var requests: UInt64 = 0

  /// Plays a script; what each verb brings about takes the place of what was expected.
  ///
  /// - Parameter encodesMessages: Whether every message passes through its bytes, which makes no difference.
  static func play(_ script: Script, encodesMessages: Bool = false) throws -> Script {
    var stage = Stage()
    stage.faults.encodesMessages = encodesMessages
    var played = script
    for index in played.lines.indices {
      let line = played.lines[index]
      played.lines[index].expected = []
      guard line.isVerb else { continue }
      do {
        played.lines[index].expected = try stage.perform(line.words)
      } catch {
        throw ScriptError("line \(line.number), \(line.text): \(error)")
      }
    }
    return played
  }

  /// Does what a verb says and tells what came of it.
  private mutating func perform(_ words: [String]) throws -> [String] {
    var arguments = Arguments(words)
    let verb = try arguments.next("the verb")
    if verb == "master" {
      try configure(&arguments)
      return []
    }
    let start = withWorld { $0.now }
    transcript.entries = []
    var span = Self.settlingTime
    if verb == "advance" {
      let text = try arguments.next("how long")
      guard let parsed = Span(parsing: text) else { throw ScriptError("\"\(text)\" is no time: write 5s") }
      span = parsed
    } else {
      try act(verb, &arguments)
    }
    guard arguments.isEmpty else { throw ScriptError("not understood: \(arguments.rest())") }
    try withWorld { try $0.run(for: span) }
    if let id = withWorld({ $0.master?.info.id }) { names.add(master: id) }
    var lines: [String] = []
    for entry in transcript.entries {
      guard let text = line(entry.observation) else { continue }
      lines.append(verb == "advance" ? "+\((entry.time - start).tenths) \(text)" : text)
    }
    return lines
  }

  private mutating func configure(_ arguments: inout Arguments) throws {
    guard world == nil else { throw ScriptError("the master is set up before everything else") }
    if let text = arguments.value("offer_timeout") {
      configuration.offerTimeout = text == "none" ? nil : Span(parsing: text)
    }
    if let text = arguments.value("agent_reregister_timeout").flatMap({ Span(parsing: $0) }) {
      configuration.agentReregisterTimeout = text
    }
    if let text = arguments.value("agent_removal_interval").flatMap({ Span(parsing: $0) }) {
      configuration.agentRemovalInterval = text
    }
    if let text = arguments.value("roles") {
      configuration.roles = text.split(separator: ",").map(String.init)
    }
    if let text = arguments.value("weights") {
      configuration.weights = text.split(separator: ",").compactMap { weight in
        let parts = weight.split(separator: ":")
        return parts.count == 2 ? RoleWeight(role: String(parts[0]), weight: Double(parts[1]) ?? 1) : nil
      }
    }
    if let bound = arguments.value("max_offers_per_framework").flatMap(Int.init) {
      configuration.allocator.maxOutstandingOffers = bound
    }
    guard arguments.isEmpty else { throw ScriptError("not understood: \(arguments.rest())") }
  }

  /// The cluster, which is there from the first verb on.
  mutating func withWorld<Result, Failure: Error>(
    _ body: (inout Simulation) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var world: Simulation
    if let present = self.world { world = present } else { world = makeWorld() }
    self.world = nil
    defer { self.world = world }
    return try body(&world)
  }

  private mutating func makeWorld() -> Simulation {
    var world = Simulation(8, faults: .fixed(faults), master: configuration)
    world.checkInterval = 1
    let transcript = transcript
    world.observe = { [transcript] time, observation in transcript.entries.append((time, observation)) }
    if let id = world.master?.info.id { names.add(master: id) }
    return world
  }

  // MARK: The transcript

  private mutating func line(_ observation: Observation) -> String? {
    switch observation {
    case .delivered(let message, let from, let to):
      guard shows(message) else { return nil }
      return "\(name(from)) -> \(name(to)): \(names.shorten(message.text))"
    case .log(let node, let level, let text):
      guard level >= .warning else { return nil }
      return "\(name(node)) \(level == .warning ? "warns" : "error"): \(names.shorten(text))"
    case .happened(let node, let text):
      if text.hasPrefix("connects to") || text.hasPrefix("cannot connect")
        || text.hasPrefix("writes checkpoint")
      {
        return nil
      }
      return "\(name(node)) \(names.shorten(text))"
    }
  }

  private mutating func name(_ node: NodeID) -> String { withWorld { $0.name(of: node) } }

  private func shows(_ message: Message) -> Bool {
    switch message {
    case .masterMessage(.ping), .agentMessage(.pong), .heartbeat, .schedulerEvent(.heartbeat): showsPings
    // The verb has said them, or they are the acknowledgements that go without saying.
    case .schedulerCall, .operatorCall, .accepted: false
    default: true
    }
  }
}

extension Span {
  /// `4.9s`.
  var tenths: String {
    let tenths = (nanoseconds + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10)s"
  }
}
