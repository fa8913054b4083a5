// What a batch writes down for its next incarnation.

import MesetaModel

/// How each job of a batch stands, as text: a line that says how many jobs there are, and one for each that is not as it began:
/// its number, the attempts that are left, and `finished`, `failed`, `waiting`, or the task and the agent that it is on.
struct BatchRecord: Hashable {
  /// How a job stands.
  enum Standing: Hashable {
    case waiting
    case finished
    case failed
    case active(TaskID, AgentID)
  }

  struct Job: Hashable {
    var retriesLeft: Int
    var standing: Standing
  }

  /// The jobs by their numbers.
  var jobs: [Job]

  init(_ jobs: [Job]) { self.jobs = jobs }

  private static let magic = "meseta-batch 1"

  /// - Parameter initial: how the jobs stand that are not mentioned.
  /// - Returns: nil for a text that says something else, or is of other jobs.
  init?(_ bytes: [UInt8], initial: [Job]) {
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")[...]
    guard lines.popFirst() == "\(Self.magic) \(initial.count)" else { return nil }
    jobs = initial
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count >= 3, let number = Int(words[0]), jobs.indices.contains(number),
        let retriesLeft = Int(words[1]), retriesLeft >= 0
      else { return nil }
      switch (words[2], words.count) {
      case ("waiting", 3): jobs[number] = Job(retriesLeft: retriesLeft, standing: .waiting)
      case ("finished", 3): jobs[number] = Job(retriesLeft: retriesLeft, standing: .finished)
      case ("failed", 3): jobs[number] = Job(retriesLeft: retriesLeft, standing: .failed)
      case ("active", 5):
        jobs[number] = Job(
          retriesLeft: retriesLeft, standing: .active(TaskID(String(words[3])), AgentID(String(words[4]))))
      default: return nil
      }
    }
  }

  /// What is to be kept.
  ///
  /// - Parameter initial: how the jobs stood at first; those that still stand so are left out.
  func bytes(initial: [Job]) -> [UInt8] {
    var text = "\(Self.magic) \(jobs.count)\n"
    for (number, job) in jobs.enumerated() where job != initial[number] {
      text += "\(number) \(job.retriesLeft) "
      switch job.standing {
      case .waiting: text += "waiting\n"
      case .finished: text += "finished\n"
      case .failed: text += "failed\n"
      case .active(let task, let agent): text += "active \(task.value) \(agent.value)\n"
      }
    }
    return Array(text.utf8)
  }
}
