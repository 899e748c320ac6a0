# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The system that ./dev starts: a private Redis, huyingd with every service, the demonstration
# district. Everything it keeps is in $RUN; it ends only processes it started, by id.

RUN=${HUYING_RUN_DIR:-$ROOT/.run}
PORT=${HUYING_PORT:-7400}
BIN=${HUYING_BIN:-$ROOT/build/release/bin}
export HUYING_HOME=$RUN/operator HUYING_SERVER=127.0.0.1:$PORT

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

redis_up() {
  alive "$RUN/redis.pid" redis-server && return
  redis-server --port 0 --unixsocket "$RUN/redis.sock" --unixsocketperm 700 --save '' --appendonly no \
    --dir "$RUN" --daemonize no >"$RUN/log/redis.log" 2>&1 &
  echo $! >"$RUN/redis.pid"
  wait_until 10 redis-server redis-cli -s "$RUN/redis.sock" ping
}

server_up() {
  port_free "$PORT" || die "端口 $PORT 已被占用 / port $PORT is taken" \
    "换一个端口 / choose another:  HUYING_PORT=7500 ./dev run" "看看是谁 / see who has it:  ss -ltnp | grep $PORT"
  cat >"$RUN/huyingd.textproto" <<TEXT
# Written by ./dev for the demonstration system.
data_dir: "$RUN/data"
listen: "127.0.0.1:$PORT"
redis: "unix:$RUN/redis.sock"
metrics: "127.0.0.1:$((PORT + 1))"
services: "all"
# The accounts of the demonstration have random 128-bit passwords; a real system keeps the default.
password_cost: TEST
TEXT
  "$BIN/huyingd" --config "$RUN/huyingd.textproto" >"$RUN/log/huyingd.out" 2>>"$RUN/log/huyingd.log" &
  echo $! >"$RUN/huyingd.pid"
  local i
  for ((i = 0; i < 300; i++)); do
    [ -s "$RUN/log/huyingd.out" ] && return
    alive "$RUN/huyingd.pid" huyingd || { tail -5 "$RUN/log/huyingd.log" >&2; die "huyingd 没有起来 / did not start: $RUN/log/huyingd.log"; }
    sleep 0.1
  done
  die "huyingd 在 30 秒内没有就绪 / was not ready within 30 s" "日志 / log: $RUN/log/huyingd.log"
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
  if alive "$RUN/huyingd.pid" huyingd; then note "系统已在运行 / the system is running: 127.0.0.1:$PORT"; return; fi
  mkdir -p "$RUN/log" && chmod 700 "$RUN" || die "建不了目录 $RUN / cannot make $RUN"
  redis_up
  if [ ! -d "$RUN/data" ]; then
    say "建密钥与第一个管理员 / making keys and the first administrator"
    "$BIN/huying" admin init --data "$RUN/data" --account admin --cheap-passwords --password-to "$RUN/admin-password" >&2
  fi
  say "启动 / starting: redis-server, huyingd --services=all (127.0.0.1:$PORT)"
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
  stop_process "$RUN/huyingd.pid" huyingd
  stop_process "$RUN/redis.pid" redis-server
}

system_status() {
  local one
  for one in huyingd redis-server; do
    local file=$RUN/${one%-server}.pid
    if alive "$file" "$one"; then note "$one: 运行中 / running, pid $(cat "$file")"; else note "$one: 未运行 / not running"; fi
  done
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

# run_drill [--once] [SCENARIO]
run_drill() {
  local once= scenario=xinxing-2009 word status=0
  for word in "$@"; do
    case $word in
      --once) once=yes ;;
      -*) die "没有这个选项 / no such option: $word" "./dev run [--once] [SCENARIO]" ;;
      *) scenario=$word ;;
    esac
  done
  local file=$ROOT/clients/drill/scenarios/$scenario.yaml
  [ -r "$file" ] || die "没有这个情景 / no such scenario: $scenario" \
    "可选 / there are: $(cd "$ROOT/clients/drill/scenarios" && ls ./*.yaml | sed 's#^\./##; s#\.yaml##' | tr '\n' ' ')"
  # A single run keeps out of the way of a system that is running.
  if [ -n "$once" ]; then
    RUN=$(mktemp -d "${TMPDIR:-/tmp}/huying-once-XXXXXX"); export HUYING_HOME=$RUN/operator
    while ! port_free "$PORT"; do PORT=$((PORT + 10)); done
    export HUYING_SERVER=127.0.0.1:$PORT
    trap 'system_down; rm -rf "$RUN/data"' EXIT
  fi
  system_up
  HUYING_PASSWORD=$(password_of yang-fan) "$BIN/huying" sign-in yang-fan >/dev/null
  mkdir -p "$ROOT/.run/reports"
  local page=$ROOT/.run/reports/$scenario.html
  say "演练 / drill: $scenario"
  "$BIN/huying" drill run "$file" --report "$page" || status=$?
  [ -n "$once" ] || system_hints
  return "$status"
}
