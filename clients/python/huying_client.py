# SPDX-License-Identifier: Apache-2.0
"""A client without generated code: it asks the server's reflection for the contracts.

    client = Client("127.0.0.1:7400")                      # or Client("huying.example:7400", ca="ca.pem")
    client.sign_in("zhao-ming", "the password")
    receipt = client.call("huying.alert.v1.AlertService/IssueNotice", title="…", target_areas=["230407001000"], …)

Requests are plain keyword arguments in the protobuf JSON mapping; answers are dicts.
Needs Debian's python3-grpcio and python3-protobuf.
"""
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
STRING, BYTES, MESSAGE = 9, 12, 11


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
                self._channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(pem.read()))
        else:
            self._channel = grpc.insecure_channel(target)
        self._pool = descriptor_pool.DescriptorPool()
        self._factory = message_factory.MessageFactory(self._pool)
        self._known = set()
        self._timeout_s = timeout_s
        self._token = ""

    def sign_in(self, account, password, post=""):
        answer = self.call("huying.directory.v1.DirectoryService/SignIn",
                           account=account, password=password, post=post)
        self._token = answer["token"]
        return answer

    def call(self, method, **fields):
        """One unary call. A mutation gets a fresh request_id unless one is given."""
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

    def stream(self, method, timeout_s, **fields):
        """Events of a server stream as dicts, until `timeout_s` or the server ends it."""
        service, name = method.split("/")
        described = self._method(service, name)
        request = json_format.ParseDict(fields, self._factory.GetPrototype(described.input_type)())
        event_type = self._factory.GetPrototype(described.output_type)
        invoke = self._channel.unary_stream("/" + method, request_serializer=lambda m: m.SerializeToString(),
                                            response_deserializer=event_type.FromString)
        try:
            for event in invoke(request, timeout=timeout_s, metadata=[("authorization", "Bearer " + self._token)]):
                yield json_format.MessageToDict(event, preserving_proto_field_name=True)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:
                raise Refused(error, self._details(error)) from None

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
