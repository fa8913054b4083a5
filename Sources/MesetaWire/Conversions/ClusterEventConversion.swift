// What operators who watch a cluster are told.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension ClusterEvent: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Event
  package static var descriptor: MessageDescriptor { mesos__v1__master__event__descriptor_address() }

  /// Events are only written: nobody of ours reads them.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    throw Self.invalid("type", "is that of an event for operators, which this version does not read")
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .subscribed(let cluster, let interval):
      let message = context.make(
        Mesos__V1__Master__Event__Subscribed.self,
        mesos__v1__master__event__subscribed__descriptor_address())
      message.pointee.get_state = context.state(cluster)
      message.pointee.has_heartbeat_interval_seconds = 1
      message.pointee.heartbeat_interval_seconds = interval
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__SUBSCRIBED
      wire.pointee.subscribed = message
    case .taskAdded(let task):
      let message = context.make(
        Mesos__V1__Master__Event__TaskAdded.self,
        mesos__v1__master__event__task_added__descriptor_address())
      message.pointee.task = context.task(task)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__TASK_ADDED
      wire.pointee.task_added = message
    case .taskUpdated(let framework, let status, let state):
      let message = context.make(
        Mesos__V1__Master__Event__TaskUpdated.self,
        mesos__v1__master__event__task_updated__descriptor_address())
      message.pointee.framework_id = context.message(framework)
      message.pointee.status = context.message(status)
      message.pointee.state = .init(rawValue: UInt32(bitPattern: state.rawValue))
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__TASK_UPDATED
      wire.pointee.task_updated = message
    case .agentAdded, .agentRemoved: encodeAgent(into: wire, context)
    case .frameworkAdded, .frameworkUpdated, .frameworkRemoved: encodeFramework(into: wire, context)
    case .heartbeat: wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__HEARTBEAT
    }
  }

  private func encodeAgent(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    if case .agentAdded(let agent) = self {
      let message = context.make(
        Mesos__V1__Master__Event__AgentAdded.self,
        mesos__v1__master__event__agent_added__descriptor_address())
      message.pointee.agent = context.message(agent)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__AGENT_ADDED
      wire.pointee.agent_added = message
    } else if case .agentRemoved(let id) = self {
      let message = context.make(
        Mesos__V1__Master__Event__AgentRemoved.self,
        mesos__v1__master__event__agent_removed__descriptor_address())
      message.pointee.agent_id = context.message(id)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__AGENT_REMOVED
      wire.pointee.agent_removed = message
    }
  }

  private func encodeFramework(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    if case .frameworkAdded(let framework) = self {
      let message = context.make(
        Mesos__V1__Master__Event__FrameworkAdded.self,
        mesos__v1__master__event__framework_added__descriptor_address())
      message.pointee.framework = context.message(framework)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__FRAMEWORK_ADDED
      wire.pointee.framework_added = message
    } else if case .frameworkUpdated(let framework) = self {
      let message = context.make(
        Mesos__V1__Master__Event__FrameworkUpdated.self,
        mesos__v1__master__event__framework_updated__descriptor_address())
      message.pointee.framework = context.message(framework)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__FRAMEWORK_UPDATED
      wire.pointee.framework_updated = message
    } else if case .frameworkRemoved(let info) = self {
      let message = context.make(
        Mesos__V1__Master__Event__FrameworkRemoved.self,
        mesos__v1__master__event__framework_removed__descriptor_address())
      message.pointee.framework_info = context.message(info)
      wire.pointee.type = MESOS__V1__MASTER__EVENT__TYPE__FRAMEWORK_REMOVED
      wire.pointee.framework_removed = message
    }
  }
}
