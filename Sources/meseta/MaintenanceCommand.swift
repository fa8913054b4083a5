// The maintenance of machines.

import ArgumentParser
import Foundation
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService

struct MaintenanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maintenance",
    abstract: "Plan the maintenance of machines, take them down and bring them up.",
    discussion: """
      A machine that is to go down is scheduled first: whoever has something on it is told when, and says whether it can do \
      without it. `start` then ends the agents on it, and keeps them out until `stop`.

        meseta maintenance add node1 node2 --in 2h --duration 30mins
        meseta maintenance
        meseta maintenance start node1
        meseta maintenance stop node1

      A machine is named by its host name, its address, or both (node1/10.0.0.1).
      """,
    subcommands: [
      Status.self, Show.self, Add.self, Cancel.self, Schedule.self, Start.self, Stop.self,
    ], defaultSubcommand: Status.self)

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the machines that are to go down or are down, and who can do without them.")
    @OptionGroup var master: MasterAddress
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() async throws {
      guard case .maintenanceStatus(let status) = try await master.ask(.getMaintenanceStatus),
        case .maintenanceSchedule(let schedule) = try await master.ask(.getMaintenanceSchedule),
        case .frameworks(let frameworks) = try await master.ask(.getFrameworks)
      else { throw UnexpectedAnswer() }
      let names = Dictionary(
        frameworks.compactMap { framework in framework.info.id.map { ($0, framework.info.name) } },
        uniquingKeysWith: { $1 })
      var listing = Listing(
        columns: [
          .init("MACHINE", isFlexible: true), .init("STATE"), .init("FROM"), .init("FOR"),
          .init("ACCEPTED BY", isFlexible: true), .init("DECLINED BY", isFlexible: true),
        ],
        keys: ["machine", "state", "from", "for", "accepted_by", "declined_by"])
      let down = Set(status.down)
      for window in schedule.windows {
        for id in window.machines {
          let answers = status.draining.first { $0.id == id }?.answers ?? []
          func whose(_ isAccepted: Bool) -> Listing.Cell {
            .list(
              answers.filter { $0.isAccepted == isAccepted }
                .map { names[$0.frameworkID] ?? $0.frameworkID.value })
          }
          listing.rows.append([
            .text(id.shown), .text(down.contains(id) ? "down" : "scheduled"),
            .text(window.unavailability.startText), .text(window.unavailability.durationText), whose(true),
            whose(false),
          ])
        }
      }
      if listing.rows.isEmpty, !json { return print("no machine is scheduled for maintenance") }
      try listing.print(asJSON: json)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the schedule as JSON, in the form that `schedule` reads.")
    @OptionGroup var master: MasterAddress

    func run() async throws { print(try MaintenanceScheduleFile.text(try await master.schedule())) }
  }

  struct Schedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Replace the whole schedule by that in a file.",
      discussion: "The file is JSON in Mesos's form; `meseta maintenance show` prints the present one.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The file; - reads standard input.") var file: String

    func run() async throws {
      let data: Data
      do {
        data =
          try file == "-"
          ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: file))
      } catch {
        throw BadValue("cannot read \(file): \(error.localizedDescription)")
      }
      let schedule: MaintenanceSchedule
      do {
        schedule = try MaintenanceScheduleFile.read(Array(data))
      } catch {
        throw BadValue("\(file): \(error)")
      }
      _ = try await master.ask(.updateMaintenanceSchedule(schedule))
      let count = schedule.windows.map(\.machines.count).reduce(0, +)
      print(count == 1 ? "1 machine is scheduled" : "\(count) machines are scheduled")
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Schedule machines, besides those that are scheduled already.",
      discussion: "A machine that is scheduled already gets the new time.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The machines, such as node1, 10.0.0.1 or node1/10.0.0.1.") var machines: [String]
    @Option(help: "When they go down, such as 2026-12-01T22:00:00Z; without a zone, on the clock here.")
    var start: String?
    @Option(help: "In how long they go down, such as 2hrs. (default: now)") var `in`: String?
    @Option(help: "For how long they are down, such as 30mins. (default: nobody knows)") var duration: String?

    func validate() throws {
      if start != nil, `in` != nil {
        throw ValidationError("say when with --start or with --in, not with both")
      }
      if let start, PointInTime.parse(start) == nil {
        throw ValidationError("--start: \"\(start)\" is not a time: write 2026-12-01T22:00:00Z")
      }
      _ = try (Settings().span(`in`, "in"), Settings().span(duration, "duration"))
      if let problem = machines.map(MachineID.init(shown:)).problem { throw ValidationError(problem) }
    }

    func run() async throws {
      let now = Int64(Date().timeIntervalSince1970 * 1e9)
      let wait = try Settings().span(`in`, "in") ?? .zero
      let unavailability = Unavailability(
        start: start.flatMap(PointInTime.parse) ?? now + wait.nanoseconds,
        duration: try Settings().span(duration, "duration")?.nanoseconds)
      let ids = machines.map(MachineID.init(shown:))
      let moved = Set(ids)
      var schedule = try await master.schedule().without { moved.contains($0) }
      schedule.windows.append(MaintenanceWindow(ids, unavailability))
      _ = try await master.ask(.updateMaintenanceSchedule(schedule))
      print(
        "\(machines.joined(separator: ", ")) \(machines.count == 1 ? "is" : "are") to go down at "
          + unavailability.startText
          + (unavailability.duration == nil ? "" : " for \(unavailability.durationText)"))
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take machines that are not down yet out of the schedule.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The machines.") var machines: [String]

    func run() async throws {
      let schedule = try await master.schedule()
      let ids = Set(try schedule.find(machines))
      _ = try await master.ask(.updateMaintenanceSchedule(schedule.without { ids.contains($0) }))
      print(
        "\(machines.joined(separator: ", ")) \(machines.count == 1 ? "is" : "are") not scheduled any more")
    }
  }

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take machines down: their agents are ended, with all tasks, and kept out.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "Machines that are scheduled.") var machines: [String]

    func run() async throws {
      _ = try await master.ask(.startMaintenance(try await master.schedule().find(machines)))
      print("\(machines.joined(separator: ", ")) \(machines.count == 1 ? "is" : "are") down")
    }
  }

  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring machines up again: their agents may register.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "Machines that are down.") var machines: [String]

    func run() async throws {
      _ = try await master.ask(.stopMaintenance(try await master.schedule().find(machines)))
      print("\(machines.joined(separator: ", ")) \(machines.count == 1 ? "is" : "are") up")
    }
  }
}

extension MasterAddress {
  fileprivate func schedule() async throws -> MaintenanceSchedule {
    guard case .maintenanceSchedule(let schedule) = try await ask(.getMaintenanceSchedule) else {
      throw UnexpectedAnswer()
    }
    return schedule
  }
}

extension MachineID {
  /// Reads `node1`, `10.0.0.1` or `node1/10.0.0.1`.
  init(shown text: String) {
    if let slash = text.firstIndex(of: "/") {
      self.init(hostname: String(text[..<slash]), ip: String(text[text.index(after: slash)...]))
    } else if MachineID(ip: text).problem == nil {
      self.init(ip: text)
    } else {
      self.init(hostname: text)
    }
  }

  var shown: String { [hostname, ip].filter { !$0.isEmpty }.joined(separator: "/") }
}

extension MaintenanceSchedule {
  /// The scheduled machines that are meant: by what they are scheduled as, or by their name or address alone.
  func find(_ words: [String]) throws -> [MachineID] {
    let scheduled = windows.flatMap(\.machines)
    return try words.map { word in
      let id = MachineID(shown: word)
      if scheduled.contains(id) { return id }
      let found = scheduled.filter {
        $0.hostname.lowercased() == word.lowercased() || (!$0.ip.isEmpty && $0.ip == word)
      }
      if found.count == 1 { return found[0] }
      if found.isEmpty {
        let names = scheduled.map(\.shown)
        let nearest = Misspelling.nearest(to: word, in: names).map { " (did you mean \"\($0)\"?)" } ?? ""
        throw BadValue(
          "\(word) is not scheduled for maintenance\(nearest); "
            + (names.isEmpty
              ? "no machine is: schedule it with `meseta maintenance add \(word)`"
              : "scheduled are \(names.joined(separator: ", "))"))
      }
      throw BadValue(
        "several machines are called \(word): say which, \(found.map(\.shown).joined(separator: " or "))")
    }
  }
}

extension Unavailability {
  /// When it begins, on the clock here.
  fileprivate var startText: String {
    ClockText.local(start, now: Int64(Date().timeIntervalSince1970 * 1e9))
  }

  fileprivate var durationText: String {
    duration.map { Span(nanoseconds: $0).description } ?? "-"
  }
}
