#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job from another program: report, verify, confirm, notify, see who has answered.

    HUYING_PASSWORD=… clients/python/main_job.py 127.0.0.1:7400 duty

Plays on whatever realm the account signs in to: use it against a system of your own, not a live one.
"""
import os
import sys

from huying_client import Client, Refused

INCIDENT = "huying.incident.v1.IncidentService/"
ALERT = "huying.alert.v1.AlertService/"


def main():
    if len(sys.argv) != 3 or not os.environ.get("HUYING_PASSWORD"):
        print(__doc__)
        return 1
    client = Client(sys.argv[1])
    me = client.sign_in(sys.argv[2], os.environ["HUYING_PASSWORD"])
    print(f"signed in: {me['actor']['post_name']} ({me['realm']})")

    intake = client.call(INCIDENT + "TakeIntake", event_class="ACCIDENT", title="示例: 居民楼燃气泄漏",
                         area="230407001001", place="平安社区 3 号楼", description="闻到燃气味, 无人受伤",
                         reporter={"person_name": "示例报告人", "phone": "13800000000", "source": "网格员"})
    name = intake["name"]
    print(f"{name}: {intake['state']}")
    for step in ("TakeOver", "ConfirmIncident", "StartFirstHandling"):
        extra = {"ConfirmIncident": {"lead_department": "units/emergency"},
                 "StartFirstHandling": {"action": "关闭总阀, 疏散楼内人员"}}.get(step, {})
        print(f"{step}: {client.call(INCIDENT + step, name=name, **extra)['state']}")

    notice = client.call(ALERT + "IssueNotice", title="燃气泄漏处置通知", text="请岭北街道到岗并疏散周边居民",
                         target_areas=["230407001000"], refers_to=name, urgent=True,
                         legal_basis=[{"kind": "LAW", "title": "突发事件应对法", "article": "第七十七条",
                                       "version_date": "2024-06-28"}])
    print(f"{notice['name']}: {notice['state']}")
    for node in client.call(ALERT + "GetRollUp", alert=notice["name"])["nodes"]:
        if node.get("recipients"):
            print(f"  {node['area_name']}: {node.get('answered', 0)}/{node['recipients']} answered")
    try:
        client.call(ALERT + "IssueNotice", title="", text="x", target_areas=["999"], refers_to=name)
    except Refused as refused:
        print(f"and a bad one is refused, with what to do:\n{refused}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
