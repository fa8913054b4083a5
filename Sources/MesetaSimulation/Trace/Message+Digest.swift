// Messages as numbers. Those that come by the thousand give their identifiers and main fields; the others their text.

import MesetaModel
import MesetaProtocol

extension Message {
  func absorb(into digest: inout Digest) {
    switch self {
    case .schedulerCall(let call, let request):
      digest.absorb(request)
      if let id = call.frameworkID { digest.absorb(id.fingerprint) }
      call.kind.absorb(into: &digest)
    case .schedulerEvent(let event): event.absorb(into: &digest)
    case .executorCall(let call, _): call.absorb(into: &digest)
    case .executorEvent(let event): event.absorb(into: &digest)
    case .agentMessage(let message): message.absorb(into: &digest)
    case .masterMessage(let message): message.absorb(into: &digest)
    case .accepted(let request): digest.absorb(request)
    case .heartbeat: break
    case .operatorCall, .operatorResponse, .failed, .closing: digest.absorb(text)
    }
  }
}

extension SchedulerCall.Kind {
  fileprivate func absorb(into digest: inout Digest) {
    switch self {
    case .accept(let accept):
      for id in accept.offerIDs { id.absorb(into: &digest) }
      for operation in accept.operations {
        guard case .launch(let tasks) = operation.kind else {
          digest.absorb(operation.text)
          continue
        }
        for task in tasks { digest.absorb(task.id.value) }
      }
    case .decline(let ids, _): for id in ids { id.absorb(into: &digest) }
    case .acknowledge(let call):
      digest.absorb(call.taskID.value)
      call.uuid.absorb(into: &digest)
    default: digest.absorb(text)
    }
  }
}

extension SchedulerEvent {
  fileprivate func absorb(into digest: inout Digest) {
    switch self {
    case .offers(let offers):
      for offer in offers {
        offer.id.absorb(into: &digest)
        digest.absorb(offer.agentID.fingerprint)
      }
    case .update(let status): status.absorb(into: &digest)
    case .heartbeat: break
    default: digest.absorb(text)
    }
  }
}

extension ExecutorCall {
  fileprivate func absorb(into digest: inout Digest) {
    digest.absorb(frameworkID.fingerprint)
    switch kind {
    case .update(let status): status.absorb(into: &digest)
    case .heartbeat: break
    default: digest.absorb(kind.text)
    }
  }
}

extension ExecutorEvent {
  fileprivate func absorb(into digest: inout Digest) {
    switch self {
    case .launch(let task): digest.absorb(task.id.value)
    case .acknowledged(let id, let uuid):
      digest.absorb(id.value)
      uuid.absorb(into: &digest)
    case .heartbeat: break
    default: digest.absorb(text)
    }
  }
}

extension AgentMessage {
  fileprivate func absorb(into digest: inout Digest) {
    switch self {
    case .statusUpdate(let update):
      digest.absorb(update.frameworkID.fingerprint)
      update.status.absorb(into: &digest)
    case .pong: break
    default: digest.absorb(text)
    }
  }
}

extension MasterMessage {
  fileprivate func absorb(into digest: inout Digest) {
    switch self {
    case .runTask(let framework, let task, let launchesExecutor):
      if let id = framework.id { digest.absorb(id.fingerprint) }
      digest.absorb(task.id.value)
      digest.absorb(launchesExecutor ? 1 : 0)
    case .acknowledge(let framework, let task, let uuid):
      digest.absorb(framework.fingerprint)
      digest.absorb(task.value)
      uuid.absorb(into: &digest)
    case .ping(let isConnected): digest.absorb(isConnected ? 1 : 0)
    default: digest.absorb(text)
    }
  }
}

extension TaskStatus {
  fileprivate func absorb(into digest: inout Digest) {
    digest.absorb(taskID.value)
    digest.absorb(
      UInt64(truncatingIfNeeded: state.rawValue) << 32 | UInt64(truncatingIfNeeded: reason?.rawValue ?? 0))
    if let agentID { digest.absorb(agentID.fingerprint) }
    if let uuid { uuid.absorb(into: &digest) }
    if let message { digest.absorb(message) }
  }
}

extension OfferID {
  fileprivate func absorb(into digest: inout Digest) {
    if let number { digest.absorb(number) } else { digest.absorb(prefix) }
  }
}

extension UUID {
  fileprivate func absorb(into digest: inout Digest) {
    digest.absorb(high)
    digest.absorb(low)
  }
}
