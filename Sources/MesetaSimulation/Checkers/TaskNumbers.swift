// Frameworks, agents and tasks by number, so that each law keeps what it knows of them in an array.

import MesetaModel
import MesetaRuntime

/// Numbers tasks in the order in which they first appear.
struct TaskNumbers {
  struct Name {
    var framework: Int
    var task: TaskID
  }

  private struct Key: TextKey {
    var framework: UInt32
    var task: TaskID
    var text: String { task.value }
    var number: UInt32 { framework }
  }

  private(set) var frameworks = Numbers<FrameworkID>()
  private var numbers = TextTable<Key, Int32>()
  private(set) var names: [Name] = []
  /// The task that was looked for last, where the next is looked for first: an update is passed on when it was heard, and
  /// acknowledged when it was told. Who lets a message arrive may set it to what was looked for when that was sent.
  var likely = 0

  var count: Int { names.count }

  mutating func framework(_ id: FrameworkID) -> Int { frameworks.number(id) }

  mutating func task(_ id: TaskID, of framework: FrameworkID) -> Int {
    task(id, ofFramework: frameworks.number(framework))
  }

  mutating func task(_ id: TaskID, ofFramework framework: Int) -> Int {
    if likely < names.count, names[likely].framework == framework, names[likely].task == id { return likely }
    let next = names.count
    let number = numbers.value(
      for: Key(framework: UInt32(framework), task: id), orEntering: Int32(truncatingIfNeeded: next))
    if number == next { names.append(Name(framework: framework, task: id)) }
    likely = Int(number)
    return likely
  }

  /// The number of a task, if it has appeared.
  func find(_ id: TaskID, of framework: FrameworkID) -> Int? {
    guard let framework = frameworks.find(framework) else { return nil }
    return numbers[Key(framework: UInt32(framework), task: id)].map { Int($0) }
  }

  /// The task with its framework, for people to read.
  func text(_ task: Int) -> String {
    "task \(names[task].task) of framework \(frameworks.names[names[task].framework])"
  }
}

extension Array {
  /// The element at a place, which is made with all before it if it is not there yet.
  subscript(growing place: Int, filledWith empty: @autoclosure () -> Element) -> Element {
    get { place < count ? self[place] : empty() }
    _modify {
      while count <= place { append(empty()) }
      yield &self[place]
    }
  }
}
