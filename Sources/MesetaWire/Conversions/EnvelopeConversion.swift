// Message: everything that travels between two nodes, in its envelope.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension Message: WireConvertible {
  package typealias CMessage = Meseta__V1__Envelope
  package static var descriptor: MessageDescriptor { meseta__v1__envelope__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let request = wire.pointee.has_request == 0 ? 0 : wire.pointee.request
    switch wire.pointee.message_case {
    case MESETA__V1__ENVELOPE__MESSAGE_SCHEDULER_CALL:
      self = .schedulerCall(
        try context.required(wire.pointee.scheduler_call, Self.self, "scheduler_call"), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_SCHEDULER_EVENT:
      self = .schedulerEvent(
        try context.required(wire.pointee.scheduler_event, Self.self, "scheduler_event"))
    case MESETA__V1__ENVELOPE__MESSAGE_EXECUTOR_CALL:
      self = .executorCall(
        try context.required(wire.pointee.executor_call, Self.self, "executor_call"), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_EXECUTOR_EVENT:
      self = .executorEvent(
        try context.required(wire.pointee.executor_event, Self.self, "executor_event"))
    case MESETA__V1__ENVELOPE__MESSAGE_AGENT_MESSAGE:
      self = .agentMessage(try context.required(wire.pointee.agent_message, Self.self, "agent_message"))
    case MESETA__V1__ENVELOPE__MESSAGE_MASTER_MESSAGE:
      self = .masterMessage(try context.required(wire.pointee.master_message, Self.self, "master_message"))
    case MESETA__V1__ENVELOPE__MESSAGE_ACCEPTED: self = .accepted(request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_FAILED:
      self = .failed(try context.required(wire.pointee.failed, Self.self, "failed"), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_HEARTBEAT: self = .heartbeat
    case MESETA__V1__ENVELOPE__MESSAGE_CLOSING:
      self = .closing(reason: context.text(try Self.present(wire.pointee.closing, "closing").pointee.reason))
    case MESETA__V1__ENVELOPE__MESSAGE_DEMAND_CALL:
      let form: DemandCall = try context.required(wire.pointee.demand_call, Self.self, "demand_call")
      self = .schedulerCall(form.call, request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_DEMAND_EVENT:
      let form: DemandEvent = try context.required(wire.pointee.demand_event, Self.self, "demand_event")
      self = .schedulerEvent(form.event)
    default: self = try Self.operatorMessage(wire, request, context)
    }
  }

  private static func operatorMessage(
    _ wire: UnsafePointer<CMessage>, _ request: UInt64, _ context: DecodingContext
  ) throws(WireError) -> Message {
    switch wire.pointee.message_case {
    case MESETA__V1__ENVELOPE__MESSAGE_MASTER_CALL:
      return .operatorCall(
        try context.required(wire.pointee.master_call, Self.self, "master_call"), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_AGENT_CALL:
      let form: AgentOperatorCall = try context.required(wire.pointee.agent_call, Self.self, "agent_call")
      return .operatorCall(form.call, request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_MASTER_RESPONSE:
      return .operatorResponse(
        try context.required(wire.pointee.master_response, Self.self, "master_response"), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_AGENT_RESPONSE:
      let form: AgentOperatorResponse = try context.required(
        wire.pointee.agent_response, Self.self, "agent_response")
      return .operatorResponse(form.response, request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_TASKS:
      let tasks = try present(wire.pointee.tasks, "tasks")
      return .operatorResponse(
        .tasks(try context.messages(tasks.pointee.n_tasks, tasks.pointee.tasks)), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_ROLES:
      let roles = try present(wire.pointee.roles, "roles")
      return .operatorResponse(
        .roles(try context.messages(roles.pointee.n_roles, roles.pointee.roles)), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_EXPLAIN:
      return .operatorCall(
        try OperatorCall.explain(try present(wire.pointee.explain, "explain"), context), request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_EXPLANATION:
      return .operatorResponse(
        .explanation(try context.required(wire.pointee.explanation, Self.self, "explanation")),
        request: request)
    case MESETA__V1__ENVELOPE__MESSAGE_DONE: return .operatorResponse(.done, request: request)
    default: throw invalid("", "is of a kind that this version does not know")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .schedulerCall(let call, let request):
      wire.setRequest(request)
      context.encode(call, into: wire)
    case .schedulerEvent(let event): context.encode(event, into: wire)
    case .executorCall(let call, let request):
      wire.setRequest(request)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_EXECUTOR_CALL
      wire.pointee.executor_call = context.message(call)
    case .executorEvent(let event):
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_EXECUTOR_EVENT
      wire.pointee.executor_event = context.message(event)
    case .agentMessage(let message):
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_AGENT_MESSAGE
      wire.pointee.agent_message = context.message(message)
    case .masterMessage(let message):
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_MASTER_MESSAGE
      wire.pointee.master_message = context.message(message)
    case .operatorCall(let call, let request):
      wire.setRequest(request)
      context.encode(call, into: wire)
    case .operatorResponse(let response, let request):
      wire.setRequest(request)
      context.encode(response, into: wire)
    case .accepted(let request):
      wire.setRequest(request)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_ACCEPTED
      wire.pointee.accepted = context.make(
        Meseta__V1__Accepted.self, meseta__v1__accepted__descriptor_address())
    case .failed(let error, let request):
      wire.setRequest(request)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_FAILED
      wire.pointee.failed = context.message(error)
    case .heartbeat:
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_HEARTBEAT
      wire.pointee.heartbeat = context.make(
        Meseta__V1__Heartbeat.self, meseta__v1__heartbeat__descriptor_address())
    case .closing(let reason):
      let closing = context.make(Meseta__V1__Closing.self, meseta__v1__closing__descriptor_address())
      closing.pointee.reason = context.text(reason)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_CLOSING
      wire.pointee.closing = closing
    }
  }
}

extension UnsafeMutablePointer<Meseta__V1__Envelope> {
  fileprivate func setRequest(_ request: UInt64) {
    guard request != 0 else { return }
    pointee.has_request = 1
    pointee.request = request
  }
}

extension EncodingContext {
  fileprivate func encode(_ call: SchedulerCall, into wire: UnsafeMutablePointer<Meseta__V1__Envelope>) {
    if let form = DemandCall(call) {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_DEMAND_CALL
      wire.pointee.demand_call = message(form)
    } else {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_SCHEDULER_CALL
      wire.pointee.scheduler_call = message(call)
    }
  }

  fileprivate func encode(_ event: SchedulerEvent, into wire: UnsafeMutablePointer<Meseta__V1__Envelope>) {
    if let form = DemandEvent(event) {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_DEMAND_EVENT
      wire.pointee.demand_event = message(form)
    } else {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_SCHEDULER_EVENT
      wire.pointee.scheduler_event = message(event)
    }
  }

  fileprivate func encode(_ call: OperatorCall, into wire: UnsafeMutablePointer<Meseta__V1__Envelope>) {
    if case .explain(let framework, let agent, let role) = call {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_EXPLAIN
      wire.pointee.explain = explain(framework, agent, role)
    } else if let form = AgentOperatorCall(call) {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_AGENT_CALL
      wire.pointee.agent_call = message(form)
    } else {
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_MASTER_CALL
      wire.pointee.master_call = message(call)
    }
  }

  fileprivate func encode(
    _ response: OperatorResponse, into wire: UnsafeMutablePointer<Meseta__V1__Envelope>
  ) {
    switch response {
    case .agents, .frameworks, .master, .operations, .quota, .weights, .maintenanceSchedule,
      .maintenanceStatus:
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_MASTER_RESPONSE
      wire.pointee.master_response = message(response)
    case .files, .file:
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_AGENT_RESPONSE
      wire.pointee.agent_response = message(AgentOperatorResponse(response))
    case .tasks(let tasks):
      let list = make(Meseta__V1__TaskDescriptions.self, meseta__v1__task_descriptions__descriptor_address())
      list.pointee.n_tasks = tasks.count
      list.pointee.tasks = messages(tasks)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_TASKS
      wire.pointee.tasks = list
    case .roles(let roles):
      let list = make(Meseta__V1__RoleDescriptions.self, meseta__v1__role_descriptions__descriptor_address())
      list.pointee.n_roles = roles.count
      list.pointee.roles = messages(roles)
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_ROLES
      wire.pointee.roles = list
    case .explanation(let explanation):
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_EXPLANATION
      wire.pointee.explanation = message(explanation)
    case .done:
      wire.pointee.message_case = MESETA__V1__ENVELOPE__MESSAGE_DONE
      wire.pointee.done = make(Meseta__V1__Done.self, meseta__v1__done__descriptor_address())
    }
  }
}

extension CallError: WireConvertible {
  package typealias CMessage = Meseta__V1__CallError
  package static var descriptor: MessageDescriptor { meseta__v1__call_error__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    // A code of a later version is some fault of the call's, as far as this version can tell.
    self.init(Code(rawValue: wire.pointee.code) ?? .badRequest, context.text(wire.pointee.message))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.code = code.rawValue
    wire.pointee.message = context.text(message)
  }
}
