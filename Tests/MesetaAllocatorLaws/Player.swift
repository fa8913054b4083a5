// Plays a sequence of events on the allocator and on the naive one, and looks at the laws after each.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

/// A law that does not hold.
struct Violation: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// What a framework holds in a role: an offer, or a task.
struct Held {
  let agent: AgentSlot
  let framework: FrameworkSlot
  let role: RoleSlot
  let resources: Resources
}

struct Player {
  typealias Client = NaiveAllocator.Client

  let setting: Setting
  var allocator: Allocator
  var naive: NaiveAllocator
  /// Of the event that is played.
  var generator = SeededGenerator(seed: 0)
  var now = Instant.zero
  var agents: [AgentSlot] = []
  var frameworks: [FrameworkSlot] = []
  var offers: [Held] = []
  var tasks: [Held] = []
  /// Whether something happened between the looks of the run under way, so that who is served first is not defined.
  var isInterrupted = false

  /// What happened, in words, if it is to be told.
  var story: [String]?
  private var agentNumbers: [AgentSlot: Int] = [:]
  private var frameworkNumbers: [FrameworkSlot: Int] = [:]

  init(_ sequence: EventSequence, isTold: Bool = false) {
    setting = sequence.setting
    allocator = Allocator(sequence.setting.options, seed: sequence.seed)
    naive = NaiveAllocator(sequence.setting.options)
    story = isTold ? [] : nil
  }

  mutating func play(_ event: Event) throws(Violation) {
    generator = SeededGenerator(seed: event.seed)
    if allocator.isRunUnderWay, event.kind != .look, event.kind != .run { isInterrupted = true }
    switch event.kind {
    case .addAgent: addAgent()
    case .removeAgent: removeAgent()
    case .updateAgent: updateAgent()
    case .activateAgent: activateAgent()
    case .addFramework: addFramework()
    case .removeFramework: try removeFramework()
    case .updateFramework: updateFramework()
    case .suppress: suppress()
    case .revive: revive()
    case .activateFramework: activateFramework()
    case .addUsed: addUsed()
    case .accept: try accept()
    case .finish: try finish()
    case .decline: try decline()
    case .convertOffered: try convertOffered()
    case .convertUnallocated: try convertUnallocated()
    case .setWeight: setWeight()
    case .setQuota: setQuota()
    case .passTime: passTime()
    case .look: try look()
    case .run: try run()
    }
    naive.forgetUnused()
    try checkState()
  }

  // MARK: Drawing

  mutating func draw(_ bound: Int) -> Int { Int(generator.below(UInt64(bound))) }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[draw(elements.count)]
  }

  mutating func pickIndex(of count: Int) -> Int? { count == 0 ? nil : draw(count) }

  // MARK: Telling

  mutating func tell(_ line: (Player) -> String) {
    guard story != nil else { return }
    let text = line(self)
    story?.append(text)
  }

  /// Gives an agent its number in the story.
  mutating func number(_ agent: AgentSlot) { agentNumbers[agent] = agentNumbers.count }
  mutating func number(_ framework: FrameworkSlot) { frameworkNumbers[framework] = frameworkNumbers.count }

  func name(_ agent: AgentSlot) -> String { "agent \(agentNumbers[agent] ?? -1)" }
  func name(_ framework: FrameworkSlot) -> String { "framework \(frameworkNumbers[framework] ?? -1)" }
  func name(_ client: Client) -> String { "\(name(client.framework)) in \(client.role)" }

  func name(_ allocation: Held) -> String {
    let role = allocator.roleName(allocation.role) ?? "?"
    return "\(allocation.resources) of \(name(allocation.agent)) to \(name(allocation.framework)) in \(role)"
  }

  func client(_ allocation: Held) throws(Violation) -> Client {
    guard let role = allocator.roleName(allocation.role) else {
      throw Violation("a role is gone in which something is held: \(name(allocation))")
    }
    return Client(framework: allocation.framework, role: role)
  }
}
