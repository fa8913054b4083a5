// Messages as people read them in traces and scenarios: Mesos's names, what matters, one line.

import MesetaModel
package import MesetaProtocol

extension Message {
  /// The message on one line.
  package var text: String {
    switch self {
    case .schedulerCall(let call, _): call.kind.text
    case .schedulerEvent(let event): event.text
    case .executorCall(let call, _): "\(call.kind.text)"
    case .executorEvent(let event): event.text
    case .agentMessage(let message): message.text
    case .masterMessage(let message): message.text
    case .operatorCall(let call, _): call.name
    case .operatorResponse(let response, _): response.text
    case .accepted: "accepted"
    case .failed(let error, _): "failed \(error.code.rawValue) \"\(error.message)\""
    case .heartbeat: "HEARTBEAT"
    case .closing(let reason): "closing \"\(reason)\""
    }
  }
}

extension SchedulerCall.Kind {
  var text: String {
    switch self {
    case .subscribe(let call), .updateFramework(let call):
      var text = "\(name) \(call.framework.name) \(call.framework.subscribedRoles.joined(separator: ","))"
      if let id = call.framework.id { text += " as \(id)" }
      if !call.suppressedRoles.isEmpty { text += " without \(call.suppressedRoles.joined(separator: ","))" }
      if !call.offerConstraints.isEmpty { text += " where \(call.offerConstraints)" }
      return text
    case .accept(let accept):
      let operations = accept.operations.map(\.text).joined(separator: " ")
      return "ACCEPT \(accept.offerIDs.texts) \(operations) refuse \(accept.filters.refuseSeconds)"
    case .decline(let ids, let filters): return "DECLINE \(ids.texts) refuse \(filters.refuseSeconds)"
    case .revive(let roles), .suppress(let roles): return ([name] + roles).joined(separator: " ")
    case .acceptInverseOffers(let ids, let filters), .declineInverseOffers(let ids, let filters):
      return "\(name) \(ids.texts) refuse \(filters.refuseSeconds)"
    case .kill(let kill): return "KILL \(kill.taskID)" + (kill.agentID.map { " on \($0)" } ?? "")
    case .shutdown(let executor, let agent): return "SHUTDOWN \(executor) on \(agent)"
    case .acknowledge(let call): return "ACKNOWLEDGE \(call.taskID) \(call.uuid)"
    case .reconcile(let tasks):
      return (["RECONCILE"] + tasks.map { "\($0.taskID)" + ($0.agentID.map { " on \($0)" } ?? "") })
        .joined(separator: " ")
    case .message(let agent, let executor, let data):
      return "MESSAGE to \(executor) on \(agent) \(data.text)"
    case .demand(let demand): return "DEMAND \(demand)"
    case .withdraw(let id): return "WITHDRAW \(id)"
    default: return name
    }
  }
}

extension Operation {
  var text: String {
    switch kind {
    case .launch(let tasks):
      "LAUNCH " + tasks.map { "\($0.id) \($0.resources.rest)" }.joined(separator: ", ")
    case .launchGroup(_, let tasks): "LAUNCH_GROUP " + tasks.map(\.id.value).joined(separator: ", ")
    case .reserve(let resources, _), .unreserve(let resources), .create(let resources),
      .destroy(let resources):
      "\(name) \(resources.rest)"
    case .growVolume(let volume, let addition): "\(name) \(Resources([volume]).rest) by \(addition.value)"
    case .shrinkVolume(let volume, let subtract): "\(name) \(Resources([volume]).rest) by \(subtract)"
    case .unknown: name
    }
  }
}

extension SchedulerEvent {
  var text: String {
    switch self {
    case .subscribed(let id, _, _): "SUBSCRIBED \(id)"
    case .offers(let offers): "OFFERS " + offers.map(\.text).joined(separator: " | ")
    case .rescind(let id): "RESCIND \(id)"
    case .inverseOffers(let offers): "INVERSE_OFFERS " + offers.map(\.text).joined(separator: " | ")
    case .rescindInverseOffer(let id): "RESCIND_INVERSE_OFFER \(id)"
    case .update(let status): "UPDATE \(status.text)"
    case .message(let agent, let executor, let data): "MESSAGE from \(executor) on \(agent) \(data.text)"
    case .failure(let agent, let executor?, let status):
      "FAILURE executor \(executor) on \(agent?.value ?? "?") status \(status.map(String.init) ?? "none")"
    case .failure(let agent, nil, _): "FAILURE agent \(agent?.value ?? "?")"
    case .error(let message): "ERROR \"\(message)\""
    case .updateOperationStatus(let status):
      "UPDATE_OPERATION_STATUS \(status.text)"
    case .demandMet(let id, let offers):
      "DEMAND_MET \(id) " + offers.map(\.text).joined(separator: " | ")
    case .demandFailed(let failure):
      "DEMAND_FAILED \(failure.id) \(failure.reason) \(failure.placed) of \(failure.wanted) on "
        + "\(failure.agents) agents \"\(failure.message)\""
    case .heartbeat, .unknown: name
    }
  }
}

extension Offer {
  /// `O1 on S0 for web: cpus:4; mem:8192`.
  var text: String {
    "\(id) on \(agentID) for \(allocationRole): \(resources.rest)"
      + (executorIDs.isEmpty ? "" : " executors \(executorIDs.map(\.value).joined(separator: ","))")
      + (attributes.isEmpty ? "" : " attributes \(attributes.map(\.description).joined(separator: ";"))")
      + (unavailability.map { " \($0.text)" } ?? "")
  }
}

extension TaskStatus {
  /// `t1 TASK_RUNNING EXECUTOR on S0 uuid …`.
  var text: String {
    var text = "\(taskID) \(state.name)"
    if let source { text += " \(source.name)" }
    if let reason { text += " \(reason.name)" }
    if let agentID { text += " on \(agentID)" }
    if let message { text += " \"\(message)\"" }
    if let uuid { text += " uuid \(uuid)" }
    return text
  }
}

extension OperationStatus {
  /// `op1 OPERATION_FINISHED on S0 uuid …`.
  var text: String {
    var text = (operationID.map { "\($0) " } ?? "") + state.name
    if let agentID { text += " on \(agentID)" }
    if let message { text += " \"\(message)\"" }
    if let uuid { text += " uuid \(uuid)" }
    return text
  }
}

extension ExecutorCall.Kind {
  var text: String {
    switch self {
    case .subscribe(let tasks, let updates):
      tasks.isEmpty && updates.isEmpty
        ? "SUBSCRIBE" : "SUBSCRIBE unacknowledged \(tasks.count) tasks \(updates.count) updates"
    case .update(let status): "UPDATE \(status.text)"
    case .message(let data): "MESSAGE \(data.text)"
    case .heartbeat: "HEARTBEAT"
    case .unknown(let type): "UNKNOWN(\(type))"
    }
  }
}

extension ExecutorEvent {
  var text: String {
    switch self {
    case .subscribed(let executor, _, _, _): "SUBSCRIBED \(executor.id)"
    case .launch(let task): "LAUNCH \(task.id)"
    case .launchGroup(let tasks): "LAUNCH_GROUP \(tasks.map(\.id.value).joined(separator: " "))"
    case .kill(let task, _): "KILL \(task)"
    case .acknowledged(let task, let uuid): "ACKNOWLEDGED \(task) \(uuid)"
    case .message(let data): "MESSAGE \(data.text)"
    case .shutdown: "SHUTDOWN"
    case .error(let message): "ERROR \"\(message)\""
    case .heartbeat: "HEARTBEAT"
    case .unknown(let type): "UNKNOWN(\(type))"
    }
  }
}

extension AgentMessage {
  var text: String {
    switch self {
    case .register(let registration):
      return "register \(registration.info.hostname) \(registration.info.resources)"
        + registration.checkpointedText
    case .reregister(let returning):
      let tasks = returning.tasks.map { "\($0.info.id) \($0.state.name)" }
      return "reregister \(returning.registration.info.id?.value ?? "?") "
        + (tasks.isEmpty ? "without tasks" : "with \(tasks.joined(separator: ", "))")
        + returning.registration.checkpointedText
        + returning.operations.map { " operation \($0.operation.text) \($0.status.state.name)" }.joined()
    case .unregister(let id): return "unregister \(id)"
    case .statusUpdate(let update):
      return "statusUpdate \(update.status.text)"
        + (update.latestState == update.status.state ? "" : " latest \(update.latestState.name)")
    case .exitedExecutor(_, _, let executor, let status): return "exitedExecutor \(executor) status \(status)"
    case .executorMessage(_, _, let executor, let data): return "message from \(executor) \(data.text)"
    case .pong: return "pong"
    case .updateOperationStatus(let update): return "updateOperationStatus \(update.status.text)"
    case .updateResources(let checkpointed, _): return "updateResources \(checkpointed.bare)"
    case .updateOversubscribed(let resources): return "updateOversubscribed \(resources.bare)"
    }
  }
}

extension AgentRegistration {
  fileprivate var checkpointedText: String {
    checkpointedResources.isEmpty ? "" : " and \(checkpointedResources)"
  }
}

extension MasterMessage {
  var text: String {
    switch self {
    case .registered(let id, _): return "registered \(id)"
    case .reregistered(let id, _, let missing):
      let names =
        missing.tasks.map { " \($0.taskID)" } + missing.executors.map { " executor \($0.executorID)" }
        + missing.operations.map { " operation \($0)" }
      return "reregistered \(id)" + (names.isEmpty ? "" : " without\(names.joined())")
    case .ping(let isConnected): return isConnected ? "ping" : "ping (not connected)"
    case .runTask(_, let task, let launchesExecutor):
      let executor = task.executor.map {
        launchesExecutor ? " with a new executor \($0.id)" : " under \($0.id)"
      }
      return "run \(task.id) \(task.resources.rest)" + (executor ?? "")
    case .killTask(_, let task, let grace):
      return "kill \(task)" + (grace.map { " within \($0 / 1_000_000)ms" } ?? "")
    case .shutdownExecutor(_, let executor): return "shutdown executor \(executor)"
    case .shutdownFramework(let framework): return "shutdown framework \(framework)"
    case .frameworkMessage(_, let executor, let data): return "message to \(executor) \(data.text)"
    case .acknowledge(_, let task, let uuid): return "acknowledge \(task) \(uuid)"
    case .drain(let config): return "drain" + config.text
    case .updateFramework(let framework): return "update framework \(framework.id?.value ?? "?")"
    case .shutdown(let reason): return "shutdown \"\(reason)\""
    case .applyOperation(let apply): return "apply \(apply.operation.text)"
    case .acknowledgeOperation(_, let status): return "acknowledge operation status \(status)"
    }
  }
}

extension OperatorResponse {
  var text: String {
    switch self {
    case .agents(let agents, let recovered):
      (agents.map {
        "\($0.info.id?.value ?? "?") \($0.standing?.text ?? ($0.isActive ? "active" : "inactive")) allocated \($0.allocated.bare) "
          + "offered \($0.offered.bare)"
      } + recovered.map { "\($0.id?.value ?? "?") not back" }).joined(separator: " | ")
    case .frameworks(let frameworks):
      frameworks.map {
        "\($0.info.id?.value ?? "?") \($0.isCompleted ? "completed" : $0.isConnected ? "connected" : "away") "
          + "allocated \($0.allocated.bare)"
          + ($0.offerConstraints.isEmpty ? "" : " where \($0.offerConstraints)")
      }.joined(separator: " | ")
    case .tasks(let tasks):
      tasks.map { "\($0.record.info.id) \($0.record.state.name)\($0.isCompleted ? " completed" : "")" }
        .joined(separator: " | ")
    case .master(let info): "master \(info.id)"
    case .operations(let operations):
      operations.map { "\($0.operation.text) \($0.status.text)" }.joined(separator: " | ")
    case .quota(let quotas): quotas.isEmpty ? "no quota" : quotas.map(\.text).joined(separator: " | ")
    case .weights(let weights): weights.isEmpty ? "no weights" : weights.map(\.text).joined(separator: " | ")
    case .roles(let roles): roles.map(\.text).joined(separator: " | ")
    case .explanation(let explanation):
      "\(explanation.frameworkName): "
        + explanation.agents.map { $0.text(at: explanation.time) }.joined(separator: " | ")
    case .maintenanceSchedule(let schedule): "schedule: \(schedule.text)"
    case .maintenanceStatus(let status): status.text
    case .files(let files): "\(files.count) files"
    case .file(let size, _): "\(size) bytes"
    case .done: "done"
    }
  }
}

extension Resources {
  /// The resources at rest: where the role is said already.
  var rest: String { allocated(to: nil).description }
  var bare: String { isEmpty ? "nothing" : rest }
}

extension [OfferID] {
  fileprivate var texts: String { map(\.value).joined(separator: ",") }
}

extension [UInt8] {
  fileprivate var text: String { "\"\(String(decoding: self, as: UTF8.self))\"" }
}
