"""A framework on pymesos, against a master given as HOST:PORT: it tries what such frameworks do, and ends with 0 if all went well.

It launches tasks and kills one, acknowledges updates by itself, reconciles, declines and revives, fails over with its id, and
sends its teardown.
"""

import sys
import threading
import time

from pymesos import MesosSchedulerDriver, Scheduler, encode_data

DEADLINE = 60


class Story(Scheduler):
    """Remembers what it is told, and launches what it is asked to."""

    def __init__(self):
        self.lock = threading.Condition()
        self.wanted = []
        self.states = {}
        self.registrations = []
        self.reconciled = set()
        self.offers_seen = 0
        self.errors = []

    def wait_for(self, what, condition, ask=lambda: None):
        """Waits until the condition holds, and asks again and again."""
        end = time.time() + DEADLINE
        with self.lock:
            while not condition():
                ask()
                if self.errors:
                    raise SystemExit("the master says: %s" % self.errors[0])
                if time.time() > end:
                    raise SystemExit("gave up waiting for %s; the tasks are %s" % (what, self.states))
                self.lock.wait(0.2)
        print("%s: yes" % what, flush=True)

    def want(self, task, command):
        with self.lock:
            self.wanted.append((task, command))

    # What pymesos tells.

    def registered(self, driver, framework_id, master_info):
        with self.lock:
            self.registrations.append(framework_id["value"])

    def reregistered(self, driver, master_info):
        with self.lock:
            self.registrations.append("again")

    def resourceOffers(self, driver, offers):
        with self.lock:
            self.offers_seen += len(offers)
            for offer in offers:
                if not self.wanted:
                    driver.declineOffer(offer["id"], {"refuse_seconds": 0.5})
                    continue
                name, command = self.wanted.pop(0)
                driver.launchTasks(offer["id"], [task(name, command, offer)], {"refuse_seconds": 0.1})

    def statusUpdate(self, driver, update):
        with self.lock:
            self.states.setdefault(update["task_id"]["value"], []).append(update["state"])
            if update.get("reason") == "REASON_RECONCILIATION":
                self.reconciled.add(update["task_id"]["value"])

    def error(self, driver, message):
        with self.lock:
            self.errors.append(message)

    def last(self, name):
        return self.states.get(name, [None])[-1]


def task(name, command, offer):
    def scalar(resource, value):
        return {"name": resource, "type": "SCALAR", "scalar": {"value": value}}

    return {
        "task_id": {"value": name},
        "agent_id": {"value": offer["agent_id"]["value"]},
        "name": name,
        "command": {"value": command, "shell": True},
        "data": encode_data(b"unused"),
        "resources": [scalar("cpus", 0.1), scalar("mem", 32)],
    }


def start(story, framework, master):
    driver = MesosSchedulerDriver(story, framework, master, failover=True)
    thread = threading.Thread(target=driver.run, daemon=True)
    thread.start()
    return driver, thread


def main(master):
    framework = {"user": "root", "name": "pymesos", "roles": ["*"], "failover_timeout": 60,
                 "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]}
    story = Story()
    driver, thread = start(story, framework, master)
    story.wait_for("it is registered", lambda: story.registrations)
    identifier = story.registrations[0]
    assert driver.version == "1.11.0", driver.version

    story.want("short", "exit 0")
    story.want("long", "sleep 1000")
    driver.reviveOffers()
    story.wait_for("one task finishes", lambda: story.last("short") == "TASK_FINISHED")
    story.wait_for("one task runs", lambda: story.last("long") == "TASK_RUNNING")

    driver.reconcileTasks([])
    story.wait_for("the running task is reconciled", lambda: "long" in story.reconciled)
    # A master that has just started waits for the agents of one before it.
    story.wait_for("an unknown task is unknown", lambda: story.last("nobody") == "TASK_UNKNOWN",
                   lambda: driver.reconcileTasks([{"task_id": {"value": "nobody"}}]))

    driver.suppressOffers()
    driver.reviveOffers()
    seen = story.offers_seen
    story.wait_for("offers come again", lambda: story.offers_seen > seen)

    driver.stop(failover=True)
    thread.join(DEADLINE)
    successor = Story()
    driver, thread = start(successor, dict(framework, id={"value": identifier}), master)
    successor.wait_for("its successor is registered", lambda: successor.registrations)
    assert successor.registrations[0] in (identifier, "again"), successor.registrations
    driver.reconcileTasks([])
    successor.wait_for("it finds the task", lambda: successor.last("long") == "TASK_RUNNING")
    driver.killTask({"value": "long"})
    successor.wait_for("it kills the task", lambda: successor.last("long") == "TASK_KILLED")
    driver.stop(failover=False)
    thread.join(DEADLINE)


if __name__ == "__main__":
    main(sys.argv[1])
