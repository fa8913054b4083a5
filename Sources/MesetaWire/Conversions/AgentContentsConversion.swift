// What is on an agent, as its operator API lists it.

import CMesosWire
import MesetaModel
import MesetaProtocol

extension EncodingContext {
  func state(
    _ contents: AgentContents
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetState> {
    let wire = make(
      Mesos__V1__Agent__Response__GetState.self, mesos__v1__agent__response__get_state__descriptor_address())
    wire.pointee.get_tasks = tasks(contents.tasks)
    wire.pointee.get_executors = executors(contents.executors, completed: contents.completedExecutors)
    wire.pointee.get_frameworks = frameworks(contents.frameworks)
    return wire
  }

  func agent(
    _ info: AgentInfo, _ drain: DrainConfig?
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetAgent> {
    let wire = make(
      Mesos__V1__Agent__Response__GetAgent.self, mesos__v1__agent__response__get_agent__descriptor_address())
    wire.pointee.agent_info = message(info)
    wire.pointee.drain_config = message(drain)
    return wire
  }

  func tasks(
    _ tasks: AgentContents.Tasks
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetTasks> {
    let wire = make(
      Mesos__V1__Agent__Response__GetTasks.self, mesos__v1__agent__response__get_tasks__descriptor_address())
    wire.pointee.n_queued_tasks = tasks.queued.count
    wire.pointee.queued_tasks = present(list(tasks.queued, task))
    wire.pointee.n_launched_tasks = tasks.launched.count
    wire.pointee.launched_tasks = present(list(tasks.launched, task))
    wire.pointee.n_terminated_tasks = tasks.terminated.count
    wire.pointee.terminated_tasks = present(list(tasks.terminated, task))
    wire.pointee.pending_tasks = present(nil)
    wire.pointee.n_completed_tasks = tasks.completed.count
    wire.pointee.completed_tasks = present(list(tasks.completed, task))
    return wire
  }

  func executors(
    _ executors: [ExecutorInfo], completed: [ExecutorInfo]
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetExecutors> {
    let wire = make(
      Mesos__V1__Agent__Response__GetExecutors.self,
      mesos__v1__agent__response__get_executors__descriptor_address())
    wire.pointee.n_executors = executors.count
    wire.pointee.executors = present(list(executors, executor))
    wire.pointee.n_completed_executors = completed.count
    wire.pointee.completed_executors = present(list(completed, executor))
    return wire
  }

  private func executor(
    _ info: ExecutorInfo
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetExecutors__Executor> {
    let entry = make(
      Mesos__V1__Agent__Response__GetExecutors__Executor.self,
      mesos__v1__agent__response__get_executors__executor__descriptor_address())
    entry.pointee.executor_info = message(info)
    return entry
  }

  func frameworks(
    _ frameworks: AgentContents.Frameworks
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetFrameworks> {
    let wire = make(
      Mesos__V1__Agent__Response__GetFrameworks.self,
      mesos__v1__agent__response__get_frameworks__descriptor_address())
    wire.pointee.n_frameworks = frameworks.active.count
    wire.pointee.frameworks = present(list(frameworks.active, framework))
    wire.pointee.n_completed_frameworks = frameworks.completed.count
    wire.pointee.completed_frameworks = present(list(frameworks.completed, framework))
    return wire
  }

  private func framework(
    _ info: FrameworkInfo
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetFrameworks__Framework> {
    let entry = make(
      Mesos__V1__Agent__Response__GetFrameworks__Framework.self,
      mesos__v1__agent__response__get_frameworks__framework__descriptor_address())
    entry.pointee.framework_info = message(info)
    return entry
  }

  func containers(
    _ containers: [AgentContents.Container]
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetContainers> {
    let wire = make(
      Mesos__V1__Agent__Response__GetContainers.self,
      mesos__v1__agent__response__get_containers__descriptor_address())
    wire.pointee.n_containers = containers.count
    wire.pointee.containers = list(containers) { container in
      let entry = self.make(
        Mesos__V1__Agent__Response__GetContainers__Container.self,
        mesos__v1__agent__response__get_containers__container__descriptor_address())
      entry.pointee.framework_id = self.message(container.frameworkID)
      entry.pointee.executor_id = self.message(container.executorID)
      entry.pointee.executor_name = self.text(container.executorName)
      entry.pointee.container_id = self.message(ContainerID.root(container.id))
      let status = self.make(
        Mesos__V1__ContainerStatus.self, mesos__v1__container_status__descriptor_address())
      status.pointee.container_id = self.message(ContainerID.root(container.id))
      entry.pointee.container_status = status
      entry.pointee.resource_statistics = container.used.map { self.statistics($0, of: container) }
      return entry
    }
    return wire
  }

  /// The time of processors is not told apart: all of it counts as that of programs.
  private func statistics(
    _ used: AgentContents.Statistics, of container: AgentContents.Container
  ) -> UnsafeMutablePointer<Mesos__V1__ResourceStatistics> {
    let wire = make(
      Mesos__V1__ResourceStatistics.self, mesos__v1__resource_statistics__descriptor_address())
    wire.pointee.timestamp = used.timestamp
    wire.pointee.has_cpus_user_time_secs = 1
    wire.pointee.cpus_user_time_secs = used.processorSeconds
    wire.pointee.has_cpus_system_time_secs = 1
    wire.pointee.has_cpus_limit = 1
    wire.pointee.cpus_limit = Double(container.allocated.scalar("cpus").milli) / 1000
    wire.pointee.has_mem_limit_bytes = 1
    wire.pointee.mem_limit_bytes = UInt64(max(container.allocated.scalar("mem").milli, 0)) * 1_048_576 / 1000
    wire.pointee.has_mem_rss_bytes = 1
    wire.pointee.mem_rss_bytes = used.memoryBytes
    return wire
  }
}
