import MesetaAllocator
package import MesetaModel
import MesetaProtocol
package import MesetaRuntime

/// Who is connected to a master: what somebody has to know who speaks for all of them, in a fork of a recorded state.
package struct MasterConnections: Sendable {
  package struct Agent: Sendable {
    package var session: SessionID
    package var info: AgentInfo
  }

  package struct Framework: Sendable {
    package var session: SessionID
    package var info: FrameworkInfo
    /// The offers that it has not answered.
    package var offers: [OfferID]
  }

  package var agents: [Agent] = []
  package var frameworks: [Framework] = []
}

extension Master {
  /// Who is connected, in a fixed order.
  package var connections: MasterConnections {
    var connections = MasterConnections()
    agents.visit { _, agent in
      guard let session = agent.session else { return }
      var info = agent.info
      info.id = agent.id
      connections.agents.append(.init(session: session, info: info))
    }
    frameworks.visit { key, framework in
      guard let session = framework.session else { return }
      var info = framework.info
      info.id = framework.id
      connections.frameworks.append(
        .init(session: session, info: info, offers: offers.identifiers(ofFramework: key)))
    }
    return connections
  }
}
