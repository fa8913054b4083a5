#!/usr/bin/env python3
"""Kills the parts of a real cluster at random, and sees that nothing is lost.

Three masters with three ZooKeeper servers, five agents and the batch example with 2,000 tasks. For two minutes one of these processes
is killed every two seconds, with SIGKILL, and started again. Beside that the leader is stopped for longer than its session with
ZooKeeper lasts, so are two of the ZooKeeper servers, and the disk of one agent is filled. In the end every task must have run to its
end, once, with the right result, and nothing may be left.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

SESSION_TIMEOUT = 4.0

TASK = """\
#!/bin/sh
# Usage: task NUMBER SECONDS. Says when it begins and when it ends; nobody else may do the same at that time.
cd "$CHAOS" || exit 1
mkdir "locks/$1" 2>/dev/null || echo "task $1 ran twice at a time" >>errors
echo "begin $MESOS_EXECUTOR_ID" >>"runs/$1"
sleep "$2"
seq "$1" "$(($1 + 2000))" | sha256sum >"results/$1.$$"
mv "results/$1.$$" "results/$1"
rmdir "locks/$1"
echo "end $MESOS_EXECUTOR_ID" >>"runs/$1"
"""


class Failure(Exception):
    """What was not as it has to be."""


def free_ports(count):
    """Ports that nobody listens on, below those that connections get."""
    found, port = [], random.randrange(15000, 30000)
    while len(found) < count:
        port += 1
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                pass
    return found


class Node:
    """A process that is killed and started again with the same arguments."""

    def __init__(self, kind, name, arguments, directory, environment=None):
        self.kind, self.name, self.arguments = kind, name, arguments
        self.log = os.path.join(directory, "logs", name)
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None
        self.starts = 0
        self.due = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, start_new_session=True)
        self.starts += 1
        self.due = None

    @property
    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.is_up:
            self.process.send_signal(number)

    def kill(self):
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()


class Cluster:
    """All processes, in a directory of their own."""

    def __init__(self, options):
        self.options = options
        self.directory = tempfile.mkdtemp(prefix="meseta-chaos.")
        for name in ["logs", "locks", "runs", "results"]:
            os.mkdir(os.path.join(self.directory, name))
        self.task = os.path.join(self.directory, "task")
        with open(self.task, "w") as file:
            file.write(TASK)
        os.chmod(self.task, 0o755)
        self.small_disk = None
        self.servers = self.zookeeper()
        self.url = "zk://" + ",".join(f"127.0.0.1:{port}" for port, _ in self.server_ports) + "/meseta"
        self.masters, self.agents = self.make_masters(), self.make_agents()
        self.scheduler = self.make_scheduler()

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def binary(self, name):
        path = os.path.join(self.options.binaries, name)
        if not os.access(path, os.X_OK):
            raise Failure(f"there is no {path}: build it first, with make build")
        return path

    def zookeeper(self):
        ports = free_ports(9)
        self.server_ports = [(ports[3 * n], ports[3 * n + 1]) for n in range(3)]
        peers = "\n".join(f"server.{n + 1}=127.0.0.1:{ports[3 * n + 1]}:{ports[3 * n + 2]}" for n in range(3))
        servers = []
        for number in range(3):
            name = f"zookeeper-{number + 1}"
            data = self.path(name)
            os.mkdir(data)
            with open(os.path.join(data, "myid"), "w") as file:
                file.write(str(number + 1))
            with open(self.path(name + ".cfg"), "w") as file:
                file.write(
                    f"tickTime=500\ninitLimit=20\nsyncLimit=8\nminSessionTimeout=1000\nmaxSessionTimeout=60000\ndataDir={data}\n"
                    f"clientPort={ports[3 * number]}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                    f"4lw.commands.whitelist=ruok,srvr\nquorumListenOnAllIPs=false\nstandaloneEnabled=false\n{peers}\n")
            classes = "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar"
            servers.append(Node("ZooKeeper server", name, [
                "java", "-Xms32m", "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes,
                "org.apache.zookeeper.server.quorum.QuorumPeerMain", self.path(name + ".cfg")], self.directory))
        return servers

    def make_masters(self):
        masters = []
        for number in range(3):
            port, native = free_ports(2)
            node = Node("master", f"master-{number + 1}", [
                self.binary("meseta"), "master", f"--zk={self.url}", f"--zk_session_timeout={int(SESSION_TIMEOUT)}secs",
                "--ip=127.0.0.1", "--hostname=127.0.0.1", f"--port={port}", f"--native_port={native}"], self.directory)
            node.port = port
            masters.append(node)
        return masters

    def make_agents(self):
        agents = []
        for number in range(5):
            port, native = free_ports(2)
            work = self.path(f"agent-{number + 1}")
            os.mkdir(work)
            if number == 4 and os.geteuid() == 0:
                mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", work]
                if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode == 0:
                    self.small_disk = work
            agents.append(Node("agent", f"agent-{number + 1}", [
                self.binary("meseta"), "agent", f"--master={self.url}", f"--work_dir={work}", "--ip=127.0.0.1",
                f"--hostname=agent-{number + 1}", f"--port={port}", f"--native_port={native}",
                "--resources=cpus:4;mem:4096;disk:1000;ports:[31000-32000]"], self.directory, {"CHAOS": self.directory}))
        return agents

    def make_scheduler(self):
        jobs = self.path("jobs.jsonl")
        with open(jobs, "w") as file:
            for number in range(self.options.tasks):
                seconds = random.choice([0.1, 0.3, 1, 2, 4])
                # Each processor of the cluster is to be in use for most of the time.
                cpus = max(0.05, min(1, 20 * self.options.seconds * 0.8 / (self.options.tasks * 1.5)))
                file.write(json.dumps({
                    "name": str(number), "command": f"CHAOS='{self.directory}' {self.task} {number} {seconds}",
                    "resources": f"cpus:{cpus:.2f};mem:16", "retries": 1000}) + "\n")
        return Node("scheduler", "scheduler", [
            self.binary("BatchFramework"), jobs, self.url, self.path("record")], self.directory)

    @property
    def nodes(self):
        return self.servers + self.masters + self.agents + [self.scheduler]

    def leader(self):
        """The master that leads; None while nobody does."""
        for master in self.masters:
            if not master.is_up:
                continue
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{master.port}/metrics/snapshot", timeout=1) as answer:
                    if json.load(answer).get("master/elected") == 1:
                        return master
            except (OSError, ValueError):
                pass
        return None

    def wait_for_quorum(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for port, _ in self.server_ports:
                try:
                    with socket.create_connection(("127.0.0.1", port), 1) as connection:
                        connection.sendall(b"srvr")
                        if b"Mode: " in connection.recv(4096):
                            return
                except OSError:
                    pass
            time.sleep(0.1)
        raise Failure("ZooKeeper has no quorum after a minute")

    def start(self):
        for server in self.servers:
            server.start()
        self.wait_for_quorum()
        for node in self.masters + self.agents + [self.scheduler]:
            node.start()

    def finished(self):
        """How many tasks have their result."""
        return len([name for name in os.listdir(self.path("results")) if "." not in name])

    def stop(self):
        for node in self.agents:
            node.signal(signal.SIGCONT)
            node.signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        for node in self.agents:
            while node.is_up and time.monotonic() < deadline:
                time.sleep(0.05)
        for node in self.nodes:
            node.signal(signal.SIGCONT)
            node.kill()
        if self.small_disk:
            subprocess.run(["umount", "-l", self.small_disk], check=False)

    def remains(self):
        """What runs of the cluster's tasks and containers."""
        listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        return [line.strip() for line in listing.splitlines()
                if self.directory in line and ("/task " in line or "meseta-supervisor" in line)]


class Chaos:
    """What is done to a cluster, and how often."""

    def __init__(self, cluster, options):
        self.cluster, self.options = cluster, options
        self.kills = {}
        self.events = []
        self.began = time.monotonic()

    @property
    def age(self):
        return time.monotonic() - self.began

    def say(self, text):
        if self.options.verbose:
            print(f"{self.age:7.1f}s  {text}", flush=True)

    def run(self):
        length = self.options.seconds
        special = [(0.3 * length, self.stop_leader), (0.5 * length, self.fill_disk), (0.65 * length, self.stop_quorum)]
        next_kill = self.options.every
        while self.age < length:
            if special and self.age >= special[0][0]:
                special.pop(0)[1]()
            if self.age >= next_kill:
                next_kill += self.options.every
                self.kill_one()
            self.tend()
            time.sleep(0.05)
        self.stop_filling()
        for server in self.cluster.servers:
            server.signal(signal.SIGCONT)
        for master in self.cluster.masters:
            master.signal(signal.SIGCONT)

    def tend(self):
        """Starts what is due to be started, and what has ended by itself; does what is due."""
        now = time.monotonic()
        for due, action in [event for event in self.events if event[0] <= now]:
            self.events.remove((due, action))
            action()
        for node in self.cluster.nodes:
            if node.is_up or self.is_done(node):
                continue
            if node.due is None:
                node.due = now + 1
                self.say(f"{node.name} has ended by itself ({node.process.returncode})")
            elif node.due <= now:
                node.start()

    def is_done(self, node):
        return node is self.cluster.scheduler and node.process.returncode == 0

    def kill_one(self):
        leader = self.cluster.leader()
        kinds = ["leader", "standby", "agent", "ZooKeeper server", "scheduler"]
        kind = random.choice(kinds)
        candidates = {
            "leader": [leader] if leader else [],
            "standby": [master for master in self.cluster.masters if master is not leader],
            "agent": self.cluster.agents, "ZooKeeper server": self.cluster.servers, "scheduler": [self.cluster.scheduler],
        }[kind]
        candidates = [node for node in candidates if node.is_up]
        # ZooKeeper has to keep its quorum, or nothing goes on.
        if kind == "ZooKeeper server" and len(candidates) < 3:
            return
        if not candidates:
            return
        node = random.choice(candidates)
        node.kill()
        node.due = time.monotonic() + random.uniform(0.2, 3)
        self.kills[kind] = self.kills.get(kind, 0) + 1
        self.say(f"{node.name} is killed ({kind})")

    def later(self, seconds, action):
        self.events.append((time.monotonic() + seconds, action))

    def stop_leader(self):
        leader = self.cluster.leader()
        if leader is None:
            return self.later(0.5, self.stop_leader)
        self.say(f"{leader.name} leads and stands still")
        leader.signal(signal.SIGSTOP)
        self.later(SESSION_TIMEOUT * 2, lambda: (leader.signal(signal.SIGCONT), self.say(f"{leader.name} goes on")))
        self.kills["leader that stood still"] = 1
        return None

    def stop_quorum(self):
        servers = self.cluster.servers[:2]
        self.say("two of three ZooKeeper servers stand still")
        for server in servers:
            server.signal(signal.SIGSTOP)
        self.later(SESSION_TIMEOUT * 2, lambda: [server.signal(signal.SIGCONT) for server in servers])
        self.kills["quorum that stood still"] = 1

    def fill_disk(self):
        disk = self.cluster.small_disk
        if disk is None:
            return
        self.say("the disk of agent-5 is full")
        try:
            with open(os.path.join(disk, "filling"), "wb", buffering=0) as file:
                while file.write(bytes(65536)):
                    pass
        except OSError:
            pass
        self.kills["full disk"] = 1
        self.later(0.1 * self.options.seconds, self.stop_filling)

    def stop_filling(self):
        if self.cluster.small_disk:
            try:
                os.remove(os.path.join(self.cluster.small_disk, "filling"))
                self.say("the disk of agent-5 has room again")
            except FileNotFoundError:
                pass

    def wait_for_end(self):
        """Lets the batch come to its end, with everything that is there."""
        deadline = time.monotonic() + self.options.patience
        while not self.is_done(self.cluster.scheduler) or not self.cluster.scheduler.process:
            if time.monotonic() > deadline:
                raise Failure(
                    f"{self.cluster.finished()} of {self.options.tasks} tasks have their result {self.options.patience} s after the "
                    "last kill")
            self.tend()
            time.sleep(0.1)


def verify(cluster, tasks):
    """What is wrong with what the tasks left behind."""
    problems = []
    if os.path.exists(cluster.path("errors")):
        problems += open(cluster.path("errors")).read().splitlines()
    again = 0
    for number in range(tasks):
        try:
            result = open(cluster.path("results", str(number))).read().split()[0]
        except (OSError, IndexError):
            problems.append(f"task {number} has no result")
            continue
        text = "".join(f"{value}\n" for value in range(number, number + 2001))
        if result != hashlib.sha256(text.encode()).hexdigest():
            problems.append(f"the result of task {number} is wrong")
        lines = open(cluster.path("runs", str(number))).read().splitlines()
        begun = [line.split()[1] for line in lines if line.startswith("begin ")]
        ended = [line.split()[1] for line in lines if line.startswith("end ")]
        if len(set(begun)) != len(begun):
            problems.append(f"a task of job {number} was launched twice under one id")
        if len(ended) != 1:
            problems.append(f"job {number} came to its end {len(ended)} times")
        again += len(begun) - 1
    record = open(cluster.path("record")).read().splitlines()
    if len(record) < 3:
        problems.append("the framework's record is not whole")
    return problems, again


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="how long processes are killed (default: 120)")
    parser.add_argument("--every", type=float, default=2, help="seconds from one kill to the next (default: 2)")
    parser.add_argument("--tasks", type=int, default=2000, help="how many tasks there are (default: 2000)")
    parser.add_argument("--patience", type=float, default=300, help="seconds to come to the end after that (default: 300)")
    parser.add_argument("--seed", type=int, help="what is random follows from it (default: the time)")
    parser.add_argument("--binaries", default=".build/release", help="where the programs are (default: .build/release)")
    parser.add_argument("--verbose", action="store_true", help="say what is done when")
    parser.add_argument("--keep", action="store_true", help="keep the directory with logs and sandboxes")
    options = parser.parse_args()
    options.binaries = os.path.abspath(options.binaries)
    seed = options.seed if options.seed is not None else int(time.time())
    random.seed(seed)
    print(f"chaos: {options.tasks} tasks, a kill every {options.every:g} s for {options.seconds:g} s, seed {seed}", flush=True)
    cluster = Cluster(options)
    chaos = Chaos(cluster, options)
    problems, again, kept = [], 0, options.keep
    began = time.monotonic()
    try:
        cluster.start()
        chaos.began = time.monotonic()
        chaos.run()
        chaos.wait_for_end()
        problems, again = verify(cluster, options.tasks)
    except Failure as failure:
        problems = [str(failure)]
    finally:
        cluster.stop()
        problems += [f"is left running: {line}" for line in cluster.remains()]
    print("  killed or disturbed: " + ", ".join(f"{kind} {count}" for kind, count in sorted(chaos.kills.items())))
    starts = {}
    for node in cluster.nodes:
        starts[node.kind] = starts.get(node.kind, 0) + node.starts
    print("  starts: " + ", ".join(f"{kind} {count}" for kind, count in sorted(starts.items())))
    print(f"  tasks: {cluster.finished()} of {options.tasks} have their result, {again} attempts came to nothing")
    print(f"  took {time.monotonic() - began:.0f} s")
    for problem in problems[:20]:
        print(f"  WRONG: {problem}")
    if problems:
        kept = True
        print(f"chaos: FAILED with seed {seed}; logs and sandboxes are in {cluster.directory}")
    else:
        print("chaos: nothing was lost")
    if not kept:
        shutil.rmtree(cluster.directory, ignore_errors=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
