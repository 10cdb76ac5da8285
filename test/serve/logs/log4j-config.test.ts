import { expect, test } from 'vitest';
import { readLog4jConfig } from '../../../src/serve/logs/log4j-config.ts';

const read = (text: string, env: Readonly<Record<string, string>> = {}) =>
  readLog4jConfig(text, env, { maxBytes: 7, kept: 3 }, (path) => `/cwd/${path}`);

test('a log file is found by its name, at any path, with its size and number', () => {
  const text = `<Configuration>
    <Appenders>
      <RollingFile name="any" fileName="\${env:LOG_LOCATION:-logs}/access_log.log" filePattern="x.gz">
        <PatternLayout pattern="%m%n"/>
        <Policies><SizeBasedTriggeringPolicy size="1.5 MB"/></Policies>
        <DefaultRolloverStrategy max="9"/>
      </RollingFile>
      <File name='model_log' fileName='model_log.log'/>
      <!-- <RollingFile name="old" fileName="ts_log.log"/> -->
      <File name="mine" fileName="\${env:NOWHERE}mine.txt"><PatternLayout pattern="%m"/></File>
      <Console name="STDOUT" target="SYSTEM_OUT"/>
    </Appenders>
  </Configuration>`;
  expect(read(text)).toEqual({
    places: {
      access_log: { path: '/cwd/logs/access_log.log', maxBytes: 1.5 * 1024 ** 2, kept: 9 },
      model_log: { path: '/cwd/model_log.log', maxBytes: 7, kept: 3 },
    },
    foreign: ['mine.txt'],
  });
  expect(read(text, { LOG_LOCATION: '/var/log' }).places.access_log?.path).toBe('/cwd//var/log/access_log.log');
});

test('a file that is not a log4j2.xml, or only has the console, names no log file', () => {
  for (const text of ['', 'rootLogger = INFO', '<Console name="STDOUT"/>', '<RollingFile fileName="">'])
    expect(read(text)).toEqual({ places: {}, foreign: [] });
});
