import MesetaModel
import MesetaService
import Testing

@Suite struct MaintenanceScheduleFileTests {
  @Test func whatMesosReadsIsRead() throws {
    let text = """
      {"windows": [
        {"machine_ids": [{"hostname": "a", "ip": "10.0.0.1"}, {"ip": "10.0.0.2"}],
         "unavailability": {"start": {"nanoseconds": 7}, "duration": {"nanoseconds": 8}}},
        {"machine_ids": [{"hostname": "b"}], "unavailability": {"start": {"nanoseconds": 9}}}]}
      """
    let schedule = MaintenanceSchedule([
      MaintenanceWindow(
        [MachineID(hostname: "a", ip: "10.0.0.1"), MachineID(ip: "10.0.0.2")],
        Unavailability(start: 7, duration: 8)),
      MaintenanceWindow([MachineID(hostname: "b")], Unavailability(start: 9)),
    ])
    #expect(try MaintenanceScheduleFile.read(Array(text.utf8)) == schedule)
    #expect(try MaintenanceScheduleFile.read(Array(MaintenanceScheduleFile.text(schedule).utf8)) == schedule)
  }

  @Test func anEmptyScheduleIsOne() throws {
    #expect(try MaintenanceScheduleFile.read(Array("{}".utf8)) == MaintenanceSchedule())
  }

  @Test(arguments: ["", "[]", #"{"windows": [{"machine_ids": [{"hostname": "a"}]}]}"#, #"{"windows": 7}"#])
  func whatIsNoScheduleIsRefusedWithAnExample(_ text: String) {
    let error = #expect(throws: MaintenanceScheduleFile.Problem.self) {
      try MaintenanceScheduleFile.read(Array(text.utf8))
    }
    #expect(error?.description.contains(#"{"windows": [{"machine_ids""#) == true)
  }
}

@Suite struct PointInTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 1_767_225_600),
    ("2026-01-01T00:00Z", 1_767_225_600),
    ("2026-01-01T01:30:00+01:30", 1_767_225_600), ("2025-12-31 23:00:00-0100", 1_767_225_600),
    ("2024-02-29T12:00:07Z", 1_709_208_007),
  ])
  func aTimeIsRead(_ text: String, _ seconds: Int64) {
    #expect(PointInTime.parse(text) == seconds * 1_000_000_000)
  }

  @Test(arguments: [
    "", "tomorrow", "2026-01-01", "2026-13-01T00:00Z", "2026-02-29T00:00Z", "2026-04-31T00:00Z",
    "2026-01-01T24:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00Zulu", "2026-01-01T00:00+1",
    "9999-01-01T00:00Z", "2026-1-1T0:0Z",
  ])
  func whatIsNoTimeIsRefused(_ text: String) { #expect(PointInTime.parse(text) == nil) }

  @Test func aTimeWithoutAZoneIsOnTheClockHere() throws {
    let time = try #require(PointInTime.parse("2026-06-01 12:34:56"))
    #expect(ClockText.local(time, now: 0) == "2026-06-01 12:34:56")
  }
}
