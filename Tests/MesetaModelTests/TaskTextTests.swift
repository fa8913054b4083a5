import MesetaModel
import Testing

@Suite struct TaskTextTests {
  @Test func aTaskIsToldByItsNameAndNotByWhereItIsInMemory() {
    let info = TaskInfo(name: "job", id: "t1", agentID: "a1", resources: "cpus:1;mem:64")
    #expect("\(info)" == "task t1 with \(info.resources) on agent a1")
  }

  @Test func aReportIsToldByItsTaskAndState() {
    #expect("\(TaskStatus(taskID: "t1", state: .running))" == "t1 is TASK_RUNNING")
    #expect("\(TaskStatus(taskID: "t1", state: .failed, message: "out"))" == "t1 is TASK_FAILED: out")
  }
}
