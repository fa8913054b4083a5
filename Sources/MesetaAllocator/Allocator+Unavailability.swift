// Agents that are to go down for maintenance: whoever has something on one, or is offered something, is asked to do without
// it from then on.

public import MesetaModel
public import MesetaRuntime

/// A framework that is to be asked to do without an agent.
public struct InverseAllocation: Sendable {
  public let agent: AgentSlot
  public let framework: FrameworkSlot
  public let unavailability: Unavailability
}

extension Allocator {
  /// Changes when an agent is to be unavailable; nil: not at all. What was said and answered about it before is forgotten,
  /// and the next look asks everyone anew.
  public mutating func setUnavailability(_ agent: AgentSlot, _ unavailability: Unavailability?) {
    guard agents.contains(agent) else { return }
    if let unavailability {
      maintenance.set(agent, unavailability)
    } else {
      maintenance.remove(agent)
    }
  }

  /// When an agent is to be unavailable, if it is.
  public func unavailability(_ agent: AgentSlot) -> Unavailability? { maintenance[agent]?.unavailability }

  /// Asks every active framework that has something on an agent that is to be unavailable, or is offered something: once, until
  /// it has answered and what it said about being asked again has passed. O(agents that are to be unavailable and what is held
  /// on them).
  ///
  /// - Parameter emit: gets every inverse offer, which counts as outstanding from then on.
  public mutating func allocateInverse(now: Instant, _ emit: (InverseAllocation) -> Void) {
    maintenance.beginLook()
    if maintenance.isEmpty { return }
    for place in maintenance.entries.indices {
      let agent = maintenance.entries[place].agent
      guard agents.contains(agent), agents[Int(agent.index)].isActive else { continue }
      for holding in agents[Int(agent.index)].holdings {
        let framework = subscriptions[Int(holding.subscription)].framework
        guard frameworks[Int(framework.index)].isActive,
          maintenance.ask(framework, at: place, now: now)
        else { continue }
        emit(
          InverseAllocation(
            agent: agent, framework: framework, unavailability: maintenance.entries[place].unavailability))
      }
    }
  }

  /// A framework has answered an inverse offer.
  ///
  /// - Parameter refuse: it is not asked about the agent again for so long.
  public mutating func answerInverse(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ answer: InverseOfferAnswer, refuse: Span, now: Instant
  ) {
    maintenance.close(agent, framework, answer, until: refuse > .zero ? now + refuse : .zero)
  }

  /// An inverse offer was taken back without an answer.
  public mutating func recoverInverse(_ agent: AgentSlot, _ framework: FrameworkSlot) {
    maintenance.close(agent, framework, nil, until: .zero)
  }

  /// What frameworks answered about an agent, by the order of their slots.
  public func inverseAnswers(_ agent: AgentSlot) -> [InverseOfferAnswer] {
    guard let entry = maintenance[agent] else { return [] }
    return entry.notices.sorted { $0.key.index < $1.key.index }.compactMap(\.value.answer)
  }
}
