// A program that uses the generated types: it changes rooms of a live server, and checks its answers.
import assert from "node:assert/strict";
import type { components, operations } from "./greenroom.ts";

type Room = components["schemas"]["Room"];
type NewRoom = components["schemas"]["NewRoomRequest"];
type RoomChange = components["schemas"]["RoomChangeRequest"];
type Rooms = components["schemas"]["PaginatedRoomList"];
type Filters = operations["list_rooms"]["parameters"]["query"];
type Refusal = components["schemas"]["ValidationErrors"];

const [host, token] = process.argv.slice(2);

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${host}/api/video${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}

const wanted: NewRoom = { name: "standup", max_members: 4 };
const created = await call<Room>("POST", "/rooms", wanted);
assert.equal(created.max_members, 4);

const change: RoomChange = { quality: "1080p", join_from: "2027-01-05T09:00:00Z" };
const updated = await call<Room>("PUT", `/rooms/${created.id}`, change);
assert.deepEqual([updated.quality, updated.join_from], ["1080p", "2027-01-05T09:00:00Z"]);

const filters: Filters = { quality: "1080p", page_size: 1 };
const query = new URLSearchParams(Object.entries(filters).map(([name, value]) => [name, `${value}`]));
const listed = await call<Rooms>("GET", `/rooms?${query}`);
assert.deepEqual(listed.data.map((room) => room.id), [created.id]);

const refused = await call<Refusal>("PUT", `/rooms/${created.id}`, { max_members: 301 });
assert.equal(refused.errors[0].attribute, "max_members");

await call<undefined>("DELETE", `/rooms/${created.id}`);
const left = await call<Rooms>("GET", "/rooms");
assert.equal(left.data.length, 0);
console.log("done");
