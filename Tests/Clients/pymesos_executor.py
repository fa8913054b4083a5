"""An executor on pymesos under an agent, and a framework that tries it: given the master as HOST:PORT it is the framework, and
what an agent starts is the executor. Ends with 0 if all went well.

Tasks run, finish and are killed; messages go both ways; the executor comes back after its stream broke, and ends when it is told to.
"""

import http.client
import json
import os
import sys
import threading
import time

from pymesos import Executor, MesosExecutorDriver, MesosSchedulerDriver, Scheduler, decode_data, encode_data

DEADLINE = 60


class Worker(Executor):
    """Runs tasks that finish at once or wait to be killed, and tells the framework what happens to it."""

    def say(self, driver, **words):
        driver.sendFrameworkMessage(encode_data(json.dumps(words).encode()))

    def registered(self, driver, executor_info, framework_info, agent_info):
        self.say(driver, event="registered", sandbox=os.environ["MESOS_SANDBOX"], executor=executor_info["executor_id"]["value"],
                 framework=framework_info["name"], agent=agent_info["id"]["value"])

    def reregistered(self, driver, agent_info):
        self.say(driver, event="reregistered")

    def launchTask(self, driver, task):
        def run():
            def update(state, **fields):
                driver.sendStatusUpdate(dict(task_id=task["task_id"], state=state, **fields))

            update("TASK_RUNNING", data=task["data"])
            if decode_data(task["data"]) == b"finish":
                update("TASK_FINISHED", message="done")

        threading.Thread(target=run).start()

    def frameworkMessage(self, driver, message):
        self.say(driver, event="heard", text=decode_data(message).decode())

    def killTask(self, driver, task_id):
        driver.sendStatusUpdate({"task_id": task_id, "state": "TASK_KILLED"})

    def shutdown(self, driver):
        with open(os.path.join(os.environ["MESOS_SANDBOX"], "shutdown"), "w") as file:
            file.write("told to")


class Story(Scheduler):
    """Remembers what it is told, and launches what it is asked to."""

    def __init__(self):
        self.lock = threading.Condition()
        self.wanted = []
        self.statuses = {}
        self.messages = []
        self.errors = []
        self.executor_ended = False
        self.framework = None

    def wait_for(self, what, condition):
        end = time.time() + DEADLINE
        with self.lock:
            while not condition():
                if self.errors or time.time() > end:
                    raise SystemExit("gave up waiting until %s: %s, %s, %s" % (
                        what, self.errors, self.statuses, self.messages))
                self.lock.wait(0.2)
        print("%s: yes" % what, flush=True)

    def registered(self, driver, framework_id, master_info):
        with self.lock:
            self.framework = framework_id["value"]

    def resourceOffers(self, driver, offers):
        with self.lock:
            for offer in offers:
                if self.wanted:
                    driver.launchTasks(offer["id"], [task(*self.wanted.pop(0), offer)], {"refuse_seconds": 0.1})
                else:
                    driver.declineOffer(offer["id"], {"refuse_seconds": 0.1})

    def statusUpdate(self, driver, update):
        with self.lock:
            self.statuses.setdefault(update["task_id"]["value"], []).append(update)

    def frameworkMessage(self, driver, executor_id, agent_id, message):
        with self.lock:
            self.messages.append(dict(json.loads(decode_data(message).decode()), agent_id=agent_id))

    def executorLost(self, driver, executor_id, agent_id, status):
        with self.lock:
            self.executor_ended = executor_id["value"] == "worker"

    def error(self, driver, message):
        with self.lock:
            self.errors.append(message)

    def last(self, name):
        return self.statuses.get(name, [{}])[-1]

    def heard(self, event):
        return next((message for message in self.messages if message["event"] == event), None)


def scalar(resource, value):
    return {"name": resource, "type": "SCALAR", "scalar": {"value": value}}


def task(name, what, offer):
    return {
        "task_id": {"value": name},
        "agent_id": {"value": offer["agent_id"]["value"]},
        "name": name,
        "executor": {
            "executor_id": {"value": "worker"},
            "command": {"shell": False, "value": sys.executable, "arguments": [sys.executable, os.path.abspath(__file__)]},
            "resources": [scalar("cpus", 0.1), scalar("mem", 32)],
        },
        "data": encode_data(what),
        "resources": [scalar("cpus", 0.1), scalar("mem", 32)],
    }


def subscribe_as_the_executor(framework, agent):
    """Takes the executor's place for a moment: the agent ends its stream for that."""
    connection = http.client.HTTPConnection(agent)
    call = {"type": "SUBSCRIBE", "framework_id": {"value": framework}, "executor_id": {"value": "worker"}, "subscribe": {}}
    connection.request("POST", "/slave(1)/api/v1/executor", json.dumps(call), {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    connection.close()


def main(master, agent):
    framework = {"user": "root", "name": "pymesos", "roles": ["*"], "capabilities": [{"type": "MULTI_ROLE"}]}
    story = Story()
    driver = MesosSchedulerDriver(story, framework, master)
    thread = threading.Thread(target=driver.run, daemon=True)
    thread.start()
    story.wait_for("the framework is registered", lambda: story.framework)

    with story.lock:
        story.wanted += [("short", b"finish"), ("long", b"wait")]
    story.wait_for("the executor is registered", lambda: story.heard("registered"))
    executor = story.heard("registered")
    assert executor["executor"] == "worker" and executor["framework"] == "pymesos", executor
    story.wait_for("a task finishes", lambda: story.last("short").get("state") == "TASK_FINISHED")
    assert story.last("short")["message"] == "done", story.last("short")
    story.wait_for("a task runs", lambda: story.last("long").get("state") == "TASK_RUNNING")
    assert decode_data(story.last("long")["data"]) == b"wait", story.last("long")
    assert story.last("long")["source"] == "SOURCE_EXECUTOR", story.last("long")

    driver.sendFrameworkMessage({"value": "worker"}, executor["agent_id"], encode_data(b"hello"))
    story.wait_for("messages go both ways", lambda: (story.heard("heard") or {}).get("text") == "hello")

    subscribe_as_the_executor(story.framework, agent)
    story.wait_for("it comes back after its stream broke", lambda: story.heard("reregistered"))

    driver.killTask({"value": "long"})
    story.wait_for("a task is killed", lambda: story.last("long").get("state") == "TASK_KILLED")
    driver.stop(failover=False)
    thread.join(DEADLINE)
    end = time.time() + DEADLINE
    while not os.path.exists(os.path.join(executor["sandbox"], "shutdown")):
        assert time.time() < end, "the executor was not told to shut down"
        time.sleep(0.2)
    print("the executor is told to shut down: yes", flush=True)


if __name__ == "__main__":
    if "MESOS_AGENT_ENDPOINT" in os.environ:
        MesosExecutorDriver(Worker()).run()
    else:
        main(*sys.argv[1:])
