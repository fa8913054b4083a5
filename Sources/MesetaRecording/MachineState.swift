// What can be told of a machine's state.

import MesetaAgent
import MesetaMaster
package import MesetaProtocol
package import MesetaRuntime

extension Master {
  /// What the master would answer an operator now. It does not change.
  package func answer(_ call: OperatorCall, at time: Time) -> OperatorResponse? {
    var copy = self
    var effects = EffectTally(keeps: true)
    let session = SessionID(.max)
    copy.handle(.opened(session, Peer(.operator, address: "replay")), at: time, &effects)
    copy.handle(
      .received(session, RequestID(.max), .operatorCall(call, request: 1)), at: time, &effects)
    for case .respond(RequestID(.max), .response(let response)) in effects.effects { return response }
    return nil
  }
}
