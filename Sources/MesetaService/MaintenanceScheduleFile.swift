public import MesetaModel
import MesetaWire

/// A maintenance schedule in a file: JSON, as Mesos's operators write it.
public enum MaintenanceScheduleFile {
  /// Why a file holds no schedule.
  public struct Problem: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what a schedule looks like.
    public let description: String
  }

  /// Reads a schedule.
  public static func read(_ bytes: [UInt8]) throws(Problem) -> MaintenanceSchedule {
    do throws(WireError) {
      return try MaintenanceSchedule(json: bytes)
    } catch {
      throw Problem(
        description: "\(error). A schedule is JSON such as "
          + #"{"windows": [{"machine_ids": [{"hostname": "node1"}], "unavailability": {"start": "#
          + #"{"nanoseconds": 1798761600000000000}, "duration": {"nanoseconds": 3600000000000}}}]}"#)
    }
  }

  /// The schedule as such a file.
  public static func text(_ schedule: MaintenanceSchedule) throws(Problem) -> String {
    do throws(WireError) {
      return String(decoding: try schedule.json(), as: UTF8.self)
    } catch {
      throw Problem(description: "\(error)")
    }
  }
}
