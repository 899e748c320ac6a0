# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The system that ./dev starts: a private Redis, huyingd with every service, the demonstration
# district. Everything it keeps is in $RUN; it ends only processes it started, by id.

RUN=$(realpath -m "${HUYING_RUN_DIR:-$ROOT/.run}")
REPORTS=$RUN/reports
PORT=${HUYING_PORT:-7400}
BIN=${HUYING_BIN:-$ROOT/build/release/bin}

# use PORT: what the programs below are told.
use() { PORT=$1; export HUYING_HOME=$RUN/operator HUYING_SERVER=127.0.0.1:$PORT; }
use "$PORT"
SPLIT=  # the service alert in a second process

# alive PIDFILE NAME: the process of the file runs and is the program we started.
alive() {
  [ -r "$1" ] && [ "$(cat "/proc/$(cat "$1")/comm" 2>/dev/null)" = "$2" ]
}

# wait_until SECONDS WHAT COMMAND...: a bound on everything that starts.
wait_until() {
  local limit=$1 what=$2 i; shift 2
  for ((i = 0; i < limit * 10; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
  die "$what 在 $limit 秒内没有就绪 / was not ready within $limit s" "日志 / logs: $RUN/log"
}

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# port_holder PORT: "redis-server (pid 123)" of whoever listens, as far as this user may see. No tool is
# assumed for it.
port_holder() {
  local hex inode file pid
  hex=$(printf '%04X' "$1")
  inode=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [ -n "$inode" ] || return 0
  file=$(find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" -print -quit 2>/dev/null) || true
  pid=${file#/proc/}; pid=${pid%%/*}
  [ -z "$pid" ] || echo "$(cat "/proc/$pid/comm") (pid $pid)"
}

running() { alive "$RUN/huyingd.pid" huyingd; }
own_port() { cat "$RUN/port" 2>/dev/null || echo "$PORT"; }

# Before anything is built: the system that runs here is found by its own port, and a new one needs two
# free ones.
check_ports() {
  if running; then
    local own; own=$(own_port)
    [ -z "${HUYING_PORT:-}" ] || [ "$HUYING_PORT" = "$own" ] ||
      note "系统已在端口 $own 运行; 要换端口先 ./dev down / it runs on port $own already; ./dev down first to move it"
    use "$own"
    return
  fi
  local port holder
  for port in "$PORT" $((PORT + 1)); do
    port_free "$port" && continue
    holder=$(port_holder "$port")
    die "端口 $port 已被占用 / port $port is taken${holder:+: $holder}" \
      "需要 $PORT 与 $((PORT + 1)) (指标) 两个端口 / two ports are needed, $PORT and $((PORT + 1)) for metrics" \
      "换一对 / choose others:  HUYING_PORT=7500 ./dev run"
  done
}

redis_up() {
  alive "$RUN/redis.pid" redis-server && return
  redis-server --port 0 --unixsocket "$RUN/redis.sock" --unixsocketperm 700 --save '' --appendonly no \
    --dir "$RUN" --daemonize no >"$RUN/log/redis.log" 2>&1 &
  echo $! >"$RUN/redis.pid"
  wait_until 10 redis-server redis-cli -s "$RUN/redis.sock" ping
}

# start_server NAME: huyingd with $RUN/NAME.textproto, until it says that it is ready.
start_server() {
  : >"$RUN/log/$1.out"  # the last start's line is not this one's
  "$BIN/huyingd" --config "$RUN/$1.textproto" >"$RUN/log/$1.out" 2>>"$RUN/log/$1.log" &
  echo $! >"$RUN/$1.pid"
  local i
  for ((i = 0; i < 300; i++)); do
    [ -s "$RUN/log/$1.out" ] && return
    alive "$RUN/$1.pid" huyingd || { tail -5 "$RUN/log/$1.log" >&2; die "huyingd 没有起来 / did not start: $RUN/log/$1.log"; }
    sleep 0.1
  done
  die "huyingd 在 30 秒内没有就绪 / was not ready within 30 s" "日志 / log: $RUN/log/$1.log"
}

server_up() {
  echo "$PORT" >"$RUN/port"
  local services='"all"' elsewhere=
  if [ -n "$SPLIT" ]; then
    services='"directory", "plan", "incident", "drill"'
    elsewhere="remote { service: \"alert\" address: \"127.0.0.1:$((PORT + 2))\" }"
    cat >"$RUN/alert.textproto" <<TEXT
# Written by ./dev: the service alert in a process of its own, with the keys of the first one.
data_dir: "$RUN/data-alert"
keys_dir: "$RUN/data/keys"
listen: "127.0.0.1:$((PORT + 2))"
redis: "unix:$RUN/redis.sock"
metrics: "127.0.0.1:$((PORT + 3))"
services: "alert"
remote { service: "directory" address: "127.0.0.1:$PORT" }
TEXT
  fi
  cat >"$RUN/huyingd.textproto" <<TEXT
# Written by ./dev for the demonstration system.
data_dir: "$RUN/data"
listen: "127.0.0.1:$PORT"
redis: "unix:$RUN/redis.sock"
metrics: "127.0.0.1:$((PORT + 1))"
services: [$services]
$elsewhere
# The accounts of the demonstration have random 128-bit passwords; a real system keeps the default.
password_cost: TEST
TEXT
  start_server huyingd
  [ -z "$SPLIT" ] || start_server alert
}

# The first time: keys, an administrator, the district with its accounts, its plans.
load_district() {
  say "装入兴山区: 13 个真实区划, 虚构的人员 / loading 兴山区: 13 real areas, fictional people"
  HUYING_PASSWORD=$(cat "$RUN/admin-password") "$BIN/huying" sign-in admin >/dev/null
  "$BIN/huying" admin load-directory "$ROOT/deploy/config/xingshan/directory.yaml" --passwords-to "$RUN/accounts.txt" >&2
  "$BIN/huying" admin load-plan "$ROOT"/deploy/config/xingshan/plans/*.yaml >&2
  touch "$RUN/loaded"
}

system_up() {
  if running && [ ! "/proc/$(cat "$RUN/huyingd.pid")/exe" -ef "$BIN/huyingd" ]; then
    say "程序是新编译的, 重启 huyingd / huyingd was built anew: restarting it"
    stop_process "$RUN/huyingd.pid" huyingd
  fi
  if running; then note "系统已在运行 / the system is running: 127.0.0.1:$PORT"; return; fi
  # A unix socket's path holds 107 bytes.
  [ "$(printf %s "$RUN/redis.sock" | wc -c)" -le 107 ] ||
    die "HUYING_RUN_DIR 的路径太长 / the path of HUYING_RUN_DIR is too long: $RUN"
  { mkdir -p "$RUN/log" && chmod 700 "$RUN"; } || die "建不了目录 $RUN / cannot make $RUN"
  redis_up
  if [ ! -d "$RUN/data" ]; then
    say "建密钥与第一个管理员 / making keys and the first administrator"
    "$BIN/huying" admin init --data "$RUN/data" --account admin --cheap-passwords --password-to "$RUN/admin-password" >&2
  fi
  say "启动 / starting: redis-server, huyingd${SPLIT:+ ×2} (127.0.0.1:$PORT)"
  server_up
  [ -e "$RUN/loaded" ] || load_district
}

stop_process() {
  local file=$1 name=$2 pid
  alive "$file" "$name" || { rm -f "$file"; return 0; }
  pid=$(cat "$file"); kill -TERM "$pid"
  local i
  for ((i = 0; i < 150; i++)); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
  if [ -d "/proc/$pid" ]; then kill -KILL "$pid"; fi
  rm -f "$file"
  note "已停止 / stopped: $name ($pid)"
}

system_down() {
  running || alive "$RUN/redis.pid" redis-server ||
    { note "没有在运行的系统 / nothing is running: $RUN"; return 0; }
  stop_process "$RUN/alert.pid" huyingd
  stop_process "$RUN/huyingd.pid" huyingd
  stop_process "$RUN/redis.pid" redis-server
  rm -f "$RUN/port"
}

# What the server says is degraded.
system_health() {
  local line part bad=0
  exec 3<>"/dev/tcp/127.0.0.1/$(($(own_port) + 1))" || return 0
  printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
  while read -r line; do
    case $line in
      'huying_health{part="'*'"} 0'*) part=${line#*\"}; note "⚠ ${part%%\"*}: 异常 / degraded; 见日志 / see $RUN/log"; bad=1 ;;
    esac
  done < <(timeout 5 cat <&3)
  exec 3>&-
  if [ "$bad" = 0 ]; then note "各项正常 / everything is well"; fi
}

system_status() {
  local one
  for one in huyingd redis-server; do
    local file=$RUN/${one%-server}.pid
    if alive "$file" "$one"; then
      note "$one: 运行中 / running, pid $(cat "$file")$([ "$one" = huyingd ] && echo ", 127.0.0.1:$(own_port)")"
    else note "$one: 未运行 / not running"; fi
  done
  if alive "$RUN/huyingd.pid" huyingd; then system_health; fi
}

# password_of ACCOUNT: of the demonstration accounts.
password_of() { sed -n "s#^accounts/$1 ##p" "$RUN/accounts.txt"; }

system_hints() {
  cat >&2 <<TEXT

  系统在运行 / the system is running: 127.0.0.1:$PORT   (metrics: 127.0.0.1:$((PORT + 1))/metrics)
  登录 / sign in:   export HUYING_SERVER=127.0.0.1:$PORT HUYING_PASSWORD=\$(sed -n 's#^accounts/zhao-ming ##p' $RUN/accounts.txt)
                    $BIN/huying sign-in zhao-ming      (区值班员 / district duty officer; all accounts: $RUN/accounts.txt)
  看实时 / watch:   $BIN/huying watch
  停止 / stop:      ./dev down        从头再来 / start afresh: ./dev down && rm -rf $RUN
TEXT
}

# parse_run [--once | --split] [SCENARIO]: before anything is installed or built.
ONCE='' SCENARIO=xinxing-2009
parse_run() {
  local word
  for word in "$@"; do
    case $word in
      --once) ONCE=yes ;;
      --split) ONCE=yes SPLIT=yes ;;
      -*) die "没有这个选项 / no such option: $word" "./dev run [--once | --split] [SCENARIO]" ;;
      *) SCENARIO=$word ;;
    esac
  done
  [ -r "$ROOT/clients/drill/scenarios/$SCENARIO.yaml" ] || die "没有这个情景 / no such scenario: $SCENARIO" \
    "可选 / there are: $(cd "$ROOT/clients/drill/scenarios" && ls ./*.yaml | sed 's#^\./##; s#\.yaml##' | tr '\n' ' ')"
  [ -n "$ONCE" ] || check_ports
}

# A single run keeps out of the way of a system that is running, and leaves its report alone behind.
begin_once() {
  RUN=$(mktemp -d "${TMPDIR:-/tmp}/huying-once-XXXXXX")
  local port=$PORT
  until port_free "$port" && port_free $((port + 1)) && port_free $((port + 2)) && port_free $((port + 3)); do
    port=$((port + 10))
  done
  use "$port"
  trap end_once EXIT
}
end_once() {
  local status=$?
  [ "$status" -eq 0 ] || cp "$RUN/log/huyingd.log" "$REPORTS/$SCENARIO.log" 2>/dev/null || true
  system_down
  rm -rf "$RUN"
}

run_drill() {
  local status=0 page=$REPORTS/$SCENARIO.html
  mkdir -p "$REPORTS" || die "建不了目录 $REPORTS / cannot make $REPORTS"
  [ -z "$ONCE" ] || begin_once
  system_up
  # Beside the case file, so that the check needs nothing of the server's folder.
  install -m 644 "$RUN/data/ledger_sign.pub" "$REPORTS/$SCENARIO.pub"
  HUYING_PASSWORD=$(password_of yang-fan) "$BIN/huying" sign-in yang-fan >/dev/null
  say "演练 / drill: $SCENARIO"
  "$BIN/huying" drill run "$ROOT/clients/drill/scenarios/$SCENARIO.yaml" --report "$page" \
    --case-file "$REPORTS/$SCENARIO.case" --public-key "$REPORTS/$SCENARIO.pub" \
    ${SPLIT:+--remote "alert=127.0.0.1:$((PORT + 2))"} || status=$?
  [ -n "$ONCE" ] || system_hints
  return "$status"
}
