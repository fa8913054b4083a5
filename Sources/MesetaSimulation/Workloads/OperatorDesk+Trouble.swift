// What happens around the operators of a campaign.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension OperatorDesk {
  /// The operator's own program crashes with a question on the way, and is started again.
  mutating func crash(_ random: inout SeededGenerator, _ world: inout Simulation) {
    tell(question(&random), &world)
    let now = Span(nanoseconds: world.now.nanoseconds)
    let (fall, rise) = (Int(random.below(50)), Int(random.below(5000)))
    world.at(now + .milliseconds(fall)) { [peer] world in world.crash(.node(peer)) }
    world.at(now + .milliseconds(fall + rise)) { [peer] world in world.start(.node(peer)) }
  }

  /// An agent loses its session, and what runs on it ends before it is back.
  func disturb(_ agent: NodeID, _ random: inout SeededGenerator, _ world: inout Simulation) {
    world.breakSessions(of: .node(agent))
    let now = Span(nanoseconds: world.now.nanoseconds)
    for _ in 0..<4 {
      let delay = Span.milliseconds(Int(random.below(70_000)))
      let pick = random.next()
      world.at(now + delay) { world in world.endProcess(on: agent, pick: pick) }
    }
  }

  /// An agent connects anew while the operator decides on it: it may be back before that is written down.
  func restartSession(of hostname: String, _ world: inout Simulation) {
    guard let agent = world.agents.first(where: { world.name(of: $0) == hostname }) else { return }
    world.breakSessions(of: .node(agent))
  }

  /// An agent that does not keep to the rules joins.
  mutating func admitStranger(_ world: inout Simulation) {
    guard strangers < 2 else { return }
    strangers += 1
    world.addNode("unruly\(strangers)", .agent, server: .leader) { _, seed, _ in UnrulyAgent(seed: seed) }
  }
}
