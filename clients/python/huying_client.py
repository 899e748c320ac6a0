# SPDX-License-Identifier: Apache-2.0
"""A client without generated code: it asks the server's reflection for the contracts.

    client = Client("127.0.0.1:7400")                      # or Client("huying.example:7400", ca="ca.pem")
    client.sign_in("zhao-ming", "the password")
    receipt = client.call("huying.alert.v1.AlertService/IssueNotice", title="…", target_areas=["230407001000"], …)
    for event in client.follow("huying.alert.v1.AlertService/Subscribe"):     # for ever; resumes by itself
        print(event)

Requests are plain keyword arguments in the protobuf JSON mapping; answers are dicts.
Needs Debian's python3-grpcio and python3-protobuf.
"""
import queue
import sys
import threading
import time
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, timestamp_pb2

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
STRING, BYTES, MESSAGE = 9, 12, 11
RENEW = "huying.directory.v1.DirectoryService/RenewToken"
RENEW_BEFORE_S = 180   # of a life of 15 minutes
SILENT_MAX_S = 15      # three heartbeats: a link that says nothing for so long is dead
PAUSE_FIRST_S, PAUSE_MAX_S = 1, 15
# What ends a stream and is no refusal: it is opened again.
RESUMED = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "INTERNAL", "CANCELLED")
# Pings find out that a peer is gone; heartbeats, that it is deaf.
KEEPALIVE = [("grpc.keepalive_time_ms", 20000), ("grpc.keepalive_timeout_ms", 10000),
             ("grpc.keepalive_permit_without_calls", 1)]


def _reflection_messages():
    """The few reflection messages we need, described by hand (wire-compatible)."""
    file = descriptor_pb2.FileDescriptorProto(name="reflection_min.proto", package="r", syntax="proto3")

    def add(name, *fields):
        message = file.message_type.add(name=name)
        for number, field, kind, type_name, repeated in fields:
            message.field.add(number=number, name=field, type=kind, label=3 if repeated else 1,
                              type_name=type_name)

    add("Request", (4, "file_containing_symbol", STRING, None, False))
    add("Files", (1, "file_descriptor_proto", BYTES, None, True))
    add("Error", (1, "error_code", 5, None, False), (2, "error_message", STRING, None, False))
    add("Response", (4, "files", MESSAGE, ".r.Files", False), (7, "error", MESSAGE, ".r.Error", False))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    make = message_factory.MessageFactory(pool).GetPrototype
    return make(pool.FindMessageTypeByName("r.Request")), make(pool.FindMessageTypeByName("r.Response"))


class Refused(Exception):
    """The server's answer was no: code, sentence, field, rule, law and what to do next."""

    def __init__(self, error, details):
        self.code = error.code().name
        self.details = details
        text = details.get("message_zh") or error.details()
        hints = [f"{k}: {details[k]}" for k in ("reason", "field", "rule_id", "legal_article", "next_step")
                 if details.get(k)]
        super().__init__(f"{self.code}: {text}" + "".join("\n  " + h for h in hints))


class Client:
    def __init__(self, target, timeout_s=10, ca=""):
        """`ca`: PEM file of the certificate authority; with it the connection is TLS."""
        if ca:
            with open(ca, "rb") as pem:
                self._channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(pem.read()), KEEPALIVE)
        else:
            self._channel = grpc.insecure_channel(target, KEEPALIVE)
        self._pool = descriptor_pool.DescriptorPool()
        self._factory = message_factory.MessageFactory(self._pool)
        self._known = set()
        self._timeout_s = timeout_s
        self._token = ""
        self._renew_at = float("inf")  # monotonic: what hour this machine's clock shows does not matter

    def sign_in(self, account, password, post=""):
        answer = self.call("huying.directory.v1.DirectoryService/SignIn",
                           account=account, password=password, post=post)
        self._keep(answer)
        return answer

    def _keep(self, answer):
        life = _seconds(answer["expires_at"]) - _seconds(answer["server_time"])
        self._token = answer["token"]
        self._renew_at = time.monotonic() + max(life - RENEW_BEFORE_S, life / 2)

    def renew(self):
        """A new token for the old one, before it ends; one that has expired cannot be renewed."""
        self._keep(self._invoke(RENEW, {}))

    def call(self, method, **fields):
        """One unary call. A mutation gets a fresh request_id unless one is given."""
        if time.monotonic() > self._renew_at:
            self.renew()
        return self._invoke(method, fields)

    def _invoke(self, method, fields):
        service, name = method.split("/")
        described = self._method(service, name)
        request_type = self._factory.GetPrototype(described.input_type)
        if "request_id" in described.input_type.fields_by_name:
            fields.setdefault("request_id", uuid.uuid4().hex)
        request = json_format.ParseDict(fields, request_type())
        response_type = self._factory.GetPrototype(described.output_type)
        invoke = self._channel.unary_unary("/" + method, request_serializer=lambda m: m.SerializeToString(),
                                           response_deserializer=response_type.FromString)
        metadata = [("authorization", "Bearer " + self._token)] if self._token else []
        try:
            answer = invoke(request, timeout=self._timeout_s, metadata=metadata)
        except grpc.RpcError as error:
            raise Refused(error, self._details(error)) from None
        return json_format.MessageToDict(answer, preserving_proto_field_name=True)

    def follow(self, method, say=lambda text: print(text, file=sys.stderr), **fields):
        """Events of a feed as dicts, for ever: resumed from the cursor when the stream ends or falls silent, each entry
        once, with a token that is renewed. A refusal is raised. Heartbeats are kept back; `say` hears of lost links."""
        cursor, seen, pause = None, set(), PAUSE_FIRST_S
        while True:
            if cursor:
                fields["resume_from"] = cursor
            try:
                if time.monotonic() > self._renew_at:
                    self.renew()
                for event in self._listen(method, fields):
                    pause = PAUSE_FIRST_S
                    cursor = event.get("cursor", cursor)
                    if "resync" in event:
                        seen.clear()
                    seq = int(event.get("seq", 0)) if "snapshot_end" not in event else 0
                    if seq in seen:
                        continue
                    if seq:
                        seen.add(seq)
                    if cursor:
                        seen = {s for s in seen if s >= int(cursor.get("seq", 0))}
                    if "heartbeat" not in event:
                        yield event
                    if time.monotonic() > self._renew_at:
                        self.renew()
                say("… the server ended the stream; resuming")
            except Refused as refused:
                expired = refused.details.get("reason") == "TOKEN_EXPIRED"
                if refused.code not in RESUMED and not expired:
                    raise
                say(f"… connection lost ({refused.code}); resuming in {pause} s")
            except TimeoutError:
                say(f"… nothing heard for {SILENT_MAX_S} s, no heartbeat; resuming in {pause} s")
            time.sleep(pause)
            pause = min(pause * 2, PAUSE_MAX_S)

    def _listen(self, method, fields):
        """One stream from open to end. TimeoutError when nothing is heard for SILENT_MAX_S."""
        call, convert = self._open(method, fields, None)
        heard = queue.Queue()

        def read():
            try:
                for event in call:
                    heard.put(convert(event))
                heard.put(None)
            except grpc.RpcError as error:
                heard.put(Refused(error, self._details(error)))

        threading.Thread(target=read, daemon=True).start()
        try:
            while True:
                try:
                    event = heard.get(timeout=SILENT_MAX_S)
                except queue.Empty:
                    raise TimeoutError from None
                if event is None:
                    return
                if isinstance(event, Refused):
                    raise event
                yield event
        finally:
            call.cancel()

    def stream(self, method, timeout_s, **fields):
        """Events of a server stream as dicts, until `timeout_s` or the server ends it. Once; `follow` resumes."""
        call, convert = self._open(method, fields, timeout_s)
        try:
            for event in call:
                yield convert(event)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:
                raise Refused(error, self._details(error)) from None

    def _open(self, method, fields, timeout_s):
        service, name = method.split("/")
        described = self._method(service, name)
        request = json_format.ParseDict(fields, self._factory.GetPrototype(described.input_type)())
        event_type = self._factory.GetPrototype(described.output_type)
        invoke = self._channel.unary_stream("/" + method, request_serializer=lambda m: m.SerializeToString(),
                                            response_deserializer=event_type.FromString)
        call = invoke(request, timeout=timeout_s, metadata=[("authorization", "Bearer " + self._token)])
        return call, lambda event: json_format.MessageToDict(event, preserving_proto_field_name=True)

    def _method(self, service, name):
        if service not in self._known:
            self._load(service)
        return self._pool.FindServiceByName(service).methods_by_name[name]

    def _load(self, symbol):
        """Puts the file of `symbol` and everything it imports into the pool, imports first."""
        request_type, response_type = _reflection_messages()
        invoke = self._channel.stream_stream(REFLECTION, request_serializer=lambda m: m.SerializeToString(),
                                             response_deserializer=response_type.FromString)
        answer = next(invoke(iter([request_type(file_containing_symbol=symbol)]), timeout=self._timeout_s))
        if not answer.files.file_descriptor_proto:
            raise LookupError(f"{symbol}: {answer.error.error_message}")
        files = {}
        for raw in answer.files.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(raw)
            files[file.name] = file
        for file in files.values():
            self._add(file, files)
        self._known.add(symbol)

    def _add(self, file, files):
        try:
            self._pool.FindFileByName(file.name)
            return
        except KeyError:
            pass
        for name in file.dependency:
            if name in files:
                self._add(files[name], files)
        self._pool.Add(file)

    def _details(self, error):
        """The ErrorInfo among the google.rpc details, without generated code: wire-compatible maps."""
        raw = dict(error.trailing_metadata() or []).get("grpc-status-details-bin", b"")
        return _error_info(raw)


def _seconds(timestamp):
    """Of a protobuf timestamp in JSON: "2026-11-28T02:00:00.123456Z"."""
    message = timestamp_pb2.Timestamp()
    message.FromJsonString(timestamp)
    return message.seconds + message.nanos / 1e9


def _fields(raw):
    """(number, value) of a serialised message; enough of the wire format for details."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(raw):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 2:
            size = varint()
            yield key >> 3, raw[at:at + size]
            at += size
        else:
            return


def _error_info(raw):
    found = {}
    for number, detail in _fields(raw):
        if number != 3:
            continue
        parts = dict(_fields(detail))
        if not parts.get(1, b"").endswith(b"google.rpc.ErrorInfo"):
            continue
        for field, value in _fields(parts.get(2, b"")):
            if field == 1:
                found["reason"] = value.decode()
            elif field == 3:
                pair = dict(_fields(value))
                found[pair.get(1, b"").decode()] = pair.get(2, b"").decode()
    return found
